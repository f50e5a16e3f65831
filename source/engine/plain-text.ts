import { stripSequences } from './strip-sequences.js';

/** Line breaks and tabs: what stands for white space in a text of several lines. */
const WHITE_SPACE = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;

/** The rest of C0 and C1, and the marks that reorder what is read (bidirectional controls, tags, byte order mark). */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Makes one line out of any text that can be shown in a terminal without driving it: control sequences are removed,
 * line breaks and tabs become spaces, and what reorders or hides text is left out. Never throws.
 */
export function plainText(text: string): string {
  return stripSequences(text.toWellFormed()).replaceAll(WHITE_SPACE, ' ').replaceAll(UNSEEN, '');
}
