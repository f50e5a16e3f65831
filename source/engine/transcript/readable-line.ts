import { plainText } from '../plain-text.js';

/** A line as a screen would have shown it at last, whole: what follows its last carriage return, without control sequences. Pure. */
export function readableLine(text: string): string {
  const line = text.replace(/\r+$/, '');
  return plainText(line.slice(line.lastIndexOf('\r') + 1).replaceAll('\t', '    ')).trimEnd();
}

/** The lines of a text, each as {@link readableLine} gives it; blank ones at the beginning and the end are left out. Pure. */
export function readableLines(text: string): readonly string[] {
  const lines = text.split('\n').map(readableLine);
  const first = lines.findIndex((line) => line !== '');
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
}
