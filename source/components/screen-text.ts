import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { plainText } from '../engine/plain-text.js';

const PLAIN = /^[ -~]*$/;

/** What joins, colours or encloses other characters: terminals do not agree on how wide the whole is. */
const UNSURE = /[\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}\p{Me}]/gu;

/** The two halves of a flag. */
const FLAG_LETTER = /\p{Regional_Indicator}/gu;
const FIRST_FLAG_LETTER = 0x1f1e6;
const LETTER_A = 0x41;

/**
 * Text of other programs as it may be drawn in a cell of the screen: one line, without control sequences, and without
 * characters of which terminals do not agree how wide they are. Pure.
 */
export function screenText(text: string): string {
  if (PLAIN.test(text)) return text;
  return plainText(text)
    .normalize('NFC')
    .replaceAll(UNSURE, '')
    .replaceAll(FLAG_LETTER, (letter) =>
      String.fromCodePoint((letter.codePointAt(0) ?? 0) - FIRST_FLAG_LETTER + LETTER_A),
    )
    .replace(/^\p{M}+/u, '');
}

/** The text cut to at most `width` columns, with `…` for what is left out. The text must be {@link screenText}. Pure. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (PLAIN.test(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
  return cliTruncate(text, width);
}

/** The end of the text in at most `width` columns, with `…` for what is left out. The text must be {@link screenText}. Pure. */
export function cutBefore(text: string, width: number): string {
  return width <= 0 ? '' : cliTruncate(text, width, { position: 'start' });
}

/** The text in exactly `width` columns: cut, or filled with spaces. The text must be {@link screenText}. Pure. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return short + ' '.repeat(Math.max(0, width - stringWidth(short)));
}

/** Two texts at the ends of a line of `width` columns; the left one is cut first, then the right one. Pure. */
export function spread(left: string, right: string, width: number, fill = ' '): string {
  const end = cut(right, width);
  const room = width - stringWidth(end);
  const begin = cut(left, room);
  return begin + fill.repeat(Math.max(0, room - stringWidth(begin))) + end;
}
