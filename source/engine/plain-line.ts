import { stripVTControlCharacters } from 'node:util';

/** Control characters, and what reorders or hides text: neither may reach a screen or a prompt. */
const CONTROLS =
  /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** Of an endless line only this much is looked at: sequences that never end take long to be looked for. */
const LOOKED_AT = 8 * 1024;

/**
 * A line of a program's output as a screen would have shown it at last: no control sequences, only what follows the
 * last carriage return, tabs as spaces, at most `length` UTF-16 units of it (`…` tells a cut). Pure.
 */
export function plainLine(line: string, length: number): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  const start = line.lastIndexOf('\r', end - 1) + 1;
  const shown = line.slice(start, Math.min(end, start + LOOKED_AT)).toWellFormed();
  const plain = stripVTControlCharacters(shown).replaceAll('\t', '    ').replaceAll(CONTROLS, '').trimEnd();
  // A pair of surrogates is never cut in two: toWellFormed would show half of one as a replacement character.
  return plain.length <= length ? plain : `${plain.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
