import type { LogLine, LogLines } from './log-lines.js';
import type { TranscriptSearch } from './transcript.js';

const LINE_FEED = 0x0a;

/** What a search comes by: a line to be looked at more closely, or null where only so far was come. */
export interface Passed {
  readonly line: LogLine | null;
  /** How far the search has come. */
  readonly at: number;
}

/**
 * The lines of which something may hold what is searched, from an offset on in one direction. Many lines of which
 * `mayHold` says no are passed over at once, since to look at each of them would take most of the time.
 */
export function linesThatMayHold(
  lines: LogLines,
  { from, direction }: Pick<TranscriptSearch, 'from' | 'direction'>,
  mayHold: (raw: string) => boolean,
): AsyncGenerator<Passed> {
  return direction === 'forwards' ? after(lines, from, mayHold) : before(lines, from, mayHold);
}

async function* after(
  lines: LogLines,
  from: number,
  mayHold: (raw: string) => boolean,
): AsyncGenerator<Passed> {
  for (let at = from; ;) {
    const block = await lines.blockAfter(at);
    if (block.length === 0) return;
    const whole = block.lastIndexOf(LINE_FEED) + 1;
    if (whole > 0 && !mayHold(block.toString('utf8', 0, whole))) {
      at += whole;
      yield { line: null, at };
      continue;
    }
    for (const end = at + Math.max(whole, 1); at < end;) {
      const line = await lines.lineAt(at);
      if (line === null) return;
      at = line.next;
      yield { line, at };
    }
  }
}

async function* before(
  lines: LogLines,
  from: number,
  mayHold: (raw: string) => boolean,
): AsyncGenerator<Passed> {
  for (let at = from; at > 0;) {
    const block = await lines.blockBefore(at);
    const start = at - block.length;
    // What comes before the first line break belongs to a line that begins in an earlier chunk.
    const first = start === 0 ? 0 : block.indexOf(LINE_FEED) + 1;
    const hasWhole = start === 0 || (first > 0 && start + first < at);
    if (hasWhole && !mayHold(block.toString('utf8', first))) {
      at = start + first;
      yield { line: null, at };
      continue;
    }
    for (const end = hasWhole ? start + first : at - 1; at > end;) {
      const line = await lines.lineAt(await lines.startOf(at - 1));
      if (line === null) return;
      at = line.offset;
      yield { line, at };
    }
  }
}
