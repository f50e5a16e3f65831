import { stripVTControlCharacters } from 'node:util';

/** Control characters, and the marks that turn the direction of writing: neither may reach a screen or a prompt. */
// oxlint-disable-next-line no-control-regex -- these characters are what it is for
const CONTROLS = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * A line of a program's output as a screen would have shown it at last: no control sequences, only what follows the
 * last carriage return, tabs as spaces, at most `length` UTF-16 units of it (`…` tells a cut). Pure.
 */
export function plainLine(line: string, length: number): string {
  const shown = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  const plain = stripVTControlCharacters(shown).replaceAll('\t', '    ').replaceAll(CONTROLS, '').trimEnd();
  // A pair of surrogates is never cut in two: toWellFormed would show half of one as a replacement character.
  return plain.length <= length ? plain : `${plain.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
