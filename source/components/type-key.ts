import { plainText } from '../engine/plain-text.js';

/** What a key makes of a line that is typed: more or less of it, sent, or given up. */
export type TypedKey =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'enter' | 'escape' };

/** What a key does to a line that is typed. Pure. */
export function typeKey(text: string, key: string): TypedKey {
  switch (key) {
    case 'escape':
    case 'enter':
      return { type: key };
    case 'backspace':
    case 'delete':
      return { type: 'text', text: withoutLast(text) };
    default:
      return { type: 'text', text: isText(key) ? `${text}${plainText(key)}` : text };
  }
}

/** What is seen as one character goes as one, however it is made up. */
function withoutLast(text: string): string {
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  return characters.slice(0, -1).join('');
}

/** Keys that have names are no text, nor is what is pressed with Ctrl. */
function isText(key: string): boolean {
  return !/^(?:up|down|left|right|home|end|page up|page down|tab|shift-tab|ctrl-.*)$/.test(key);
}
