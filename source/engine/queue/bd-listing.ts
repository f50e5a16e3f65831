import type { TaskId } from '../ids.js';
import { bdPayload } from './bd-answer.js';
import { type BdIssue, type BdIssues, issuesOf, parseIssue, parseIssues, parseReady } from './bd-issue.js';

/** How bd 1.3 prints a list: no line within a string can look like its brackets, since JSON escapes each end of a line. */
const HEAD = '[\n  {';
const BETWEEN = '\n  },\n  {';
const END = '\n  }\n]';

/**
 * Remembers the last answers: most refreshes find nothing changed, the others a few issues, and parsing thousands of them
 * is their whole cost.
 */
export class BdListing {
  readonly #issues = remembering((stdout) => this.#parse(stdout));
  readonly #ready = remembering((stdout): readonly TaskId[] => parseReady(bdPayload(stdout)));
  /** The issues of the last listing, each by the text that bd printed of it. */
  #known: ReadonlyMap<string, BdIssue> = new Map();

  /** The issues that `bd list` printed. Throws a ZodError or SyntaxError when they are none. */
  issues(stdout: string): BdIssues {
    return this.#issues(stdout);
  }

  /** The ids that `bd ready` printed, in its order. Throws a ZodError or SyntaxError when they are none. */
  ready(stdout: string): readonly TaskId[] {
    return this.#ready(stdout);
  }

  #parse(stdout: string): BdIssues {
    const printed = stdout.trim();
    if (!printed.startsWith(HEAD) || !printed.endsWith(END)) return parseIssues(bdPayload(printed));
    const read = new Map<string, BdIssue>();
    const issues = printed
      .slice(HEAD.length, -END.length)
      .split(BETWEEN)
      .map((text) => {
        const issue = this.#known.get(text) ?? parseIssue(JSON.parse(`{${text}}`));
        read.set(text, issue);
        return issue;
      });
    this.#known = read;
    return issuesOf(issues);
  }
}

function remembering<Parsed>(parse: (stdout: string) => Parsed): (stdout: string) => Parsed {
  let last: { readonly stdout: string; readonly parsed: Parsed } | null = null;
  return (stdout) => {
    if (last?.stdout !== stdout) last = { stdout, parsed: parse(stdout) };
    return last.parsed;
  };
}
