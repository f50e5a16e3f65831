import { cut } from './screen-text.js';

/** A line with the cursor on it, which is told by a sign, too; a sign that stands there already stays. Pure. */
export function underCursor(text: string, width: number): string {
  return text === '' || text.startsWith(' ') ? cut(`▶${text.slice(1)}`, width) : text;
}
