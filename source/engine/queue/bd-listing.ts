import type { TaskId } from '../ids.js';
import { type BdIssue, type BdIssues, issuesOf, parseIssue, parseReady } from './bd-issue.js';
import { PrintedList } from './printed-list.js';

/** What bd lists at each refresh of the queue. */
export class BdListing {
  readonly #issues = new PrintedList(parseIssue);
  readonly #ready = new PrintedList(parseReady);
  #last: { readonly issues: readonly BdIssue[]; readonly listing: BdIssues } | null = null;

  /** The issues that `bd list` printed. Throws a ZodError or SyntaxError when they are none. */
  issues(stdout: string): BdIssues {
    const issues = this.#issues.read(stdout);
    if (this.#last?.issues !== issues) this.#last = { issues, listing: issuesOf(issues) };
    return this.#last.listing;
  }

  /** The ids that `bd ready` printed, in its order. Throws a ZodError or SyntaxError when they are none. */
  ready(stdout: string): readonly TaskId[] {
    return this.#ready.read(stdout).filter((id) => id !== null);
  }
}
