import { plainLine } from '../plain-line.js';
import type { AgentLine } from '../ports.js';

/** What a line that is shown may have, in UTF-16 units. */
export const SHOWN_LENGTH = 500;
/** Of a longer text only the end is looked at. */
const LOOKED_AT = 64 * 1024;

/** The last `most` lines of a text that are not blank, fit for a screen. Pure. */
export function shownLines(kind: AgentLine['kind'], text: string, most: number): readonly AgentLine[] {
  const lines = text.slice(-LOOKED_AT).split('\n');
  return lines
    .map((line) => plainLine(line, SHOWN_LENGTH))
    .filter((line) => line !== '')
    .slice(-most)
    .map((line) => ({ kind, text: line }));
}
