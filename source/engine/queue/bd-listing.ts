import type { TaskId } from '../ids.js';
import { bdPayload } from './bd-answer.js';
import { type BdIssues, parseIssues, parseReady } from './bd-issue.js';

/** Remembers the last answers: most refreshes find nothing changed, and parsing thousands of issues is their whole cost. */
export class BdListing {
  readonly #issues = remembering((stdout): BdIssues => parseIssues(bdPayload(stdout)));
  readonly #ready = remembering((stdout): readonly TaskId[] => parseReady(bdPayload(stdout)));

  /** The issues that `bd list` printed. Throws a ZodError or SyntaxError when they are none. */
  issues(stdout: string): BdIssues {
    return this.#issues(stdout);
  }

  /** The ids that `bd ready` printed, in its order. Throws a ZodError or SyntaxError when they are none. */
  ready(stdout: string): readonly TaskId[] {
    return this.#ready(stdout);
  }
}

function remembering<Parsed>(parse: (stdout: string) => Parsed): (stdout: string) => Parsed {
  let last: { readonly stdout: string; readonly parsed: Parsed } | null = null;
  return (stdout) => {
    if (last?.stdout !== stdout) last = { stdout, parsed: parse(stdout) };
    return last.parsed;
  };
}
