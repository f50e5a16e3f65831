import wrapAnsi from 'wrap-ansi';
import { plainText } from '../engine/plain-text.js';

/** A paragraph of at most `columns` columns after an indent, broken between words. Pure. */
export function paragraph(text: string, columns: number, indent = ' '): string {
  const width = Math.max(1, columns - indent.length);
  const lines = wrapAnsi(plainText(text), width, { hard: true }).split('\n');
  const rest = ' '.repeat(indent.length);
  return lines.map((line, index) => ((index === 0 ? indent : rest) + line).trimEnd()).join('\n');
}
