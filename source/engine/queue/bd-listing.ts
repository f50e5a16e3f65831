import type { TaskId } from '../ids.js';
import { bdPayload } from './bd-answer.js';
import { type BdIssue, type BdIssues, issuesOf, parseIssue, parseIssues, parseReady } from './bd-issue.js';

/**
 * Remembers the last answers: most refreshes find nothing changed, the others a few issues, and parsing thousands of them
 * is their whole cost.
 */
export class BdListing {
  readonly #issues = remembering((stdout) => this.#parse(stdout));
  readonly #ready = remembering((stdout): readonly TaskId[] => parseReady(bdPayload(stdout)));
  /** The issues of the last listing, each by the fields that bd printed of it. */
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
    const printed = printedIssues(stdout);
    if (printed === null) return parseIssues(bdPayload(stdout));
    const read = new Map<string, BdIssue>();
    const issues = printed.map((fields) => {
      const issue = this.#known.get(fields) ?? parseIssue(JSON.parse(`{${fields}}`));
      read.set(fields, issue);
      return issue;
    });
    this.#known = read;
    return issuesOf(issues);
  }
}

/** Where bd's list of issues begins, bare or in an envelope, and how far each of them is indented. */
const HEAD = /^(?:\{\s*"(?:data|items)": )?\[\n(?<indent> +)\{\n/;

/**
 * The fields of each issue, as text, of a list that is printed with indentation, as bd 1.3 prints it; null for any other
 * answer. Within a string JSON has no bare end of a line, so that none can be taken for one between two issues. Pure.
 */
function printedIssues(stdout: string): readonly string[] | null {
  const head = HEAD.exec(stdout);
  const indent = head?.groups?.['indent'];
  if (!head || indent === undefined) return null;
  const [opening, closing] = [`${indent}{\n`, `\n${indent}}`];
  const begin = head[0].length;
  const end = stdout.indexOf(`${closing}\n${indent.slice(2)}]`, begin);
  if (end < 0) return null;
  const around = stdout.slice(0, begin - opening.length) + stdout.slice(end + closing.length);
  return isEmptyList(around) ? stdout.slice(begin, end).split(`${closing},\n${opening}`) : null;
}

function isEmptyList(text: string): boolean {
  const payload = bdPayload(text);
  return Array.isArray(payload) && payload.length === 0;
}

function remembering<Parsed>(parse: (stdout: string) => Parsed): (stdout: string) => Parsed {
  let last: { readonly stdout: string; readonly parsed: Parsed } | null = null;
  return (stdout) => {
    if (last?.stdout !== stdout) last = { stdout, parsed: parse(stdout) };
    return last.parsed;
  };
}
