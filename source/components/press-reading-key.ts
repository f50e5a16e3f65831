import type { PageCommand, ReadingCommand } from './reading-command.js';
import { screenText } from './screen-text.js';
import { typeKey } from './type-key.js';

/** What is typed while a slot is read in full. */
interface Typing {
  readonly typing: string | null;
}

/** What a key over what is read leads to; without `focus` the dashboard comes back. */
export interface PressedReading {
  readonly focus: Typing | null;
  readonly command: ReadingCommand | null;
}

const KEYS: ReadonlyMap<string, PageCommand> = new Map<string, PageCommand>([
  ['down', { type: 'move', rows: 1 }],
  ['j', { type: 'move', rows: 1 }],
  ['up', { type: 'move', rows: -1 }],
  ['k', { type: 'move', rows: -1 }],
  ['page down', { type: 'page', pages: 1 }],
  [' ', { type: 'page', pages: 1 }],
  ['page up', { type: 'page', pages: -1 }],
  ['b', { type: 'page', pages: -1 }],
  ['ctrl-d', { type: 'page', pages: 0.5 }],
  ['ctrl-u', { type: 'page', pages: -0.5 }],
  ['home', { type: 'begin' }],
  ['<', { type: 'begin' }],
  ['end', { type: 'end' }],
  ['>', { type: 'end' }],
  ['G', { type: 'end' }],
  ['enter', { type: 'fold' }],
  ['f', { type: 'follow' }],
  ['g', { type: 'gate' }],
  ['d', { type: 'diff' }],
  ['[', { type: 'iteration', step: -1 }],
  [']', { type: 'iteration', step: 1 }],
  ['n', { type: 'again', direction: 'forwards' }],
  ['N', { type: 'again', direction: 'backwards' }],
  ['c', { type: 'copy', what: 'part' }],
  ['C', { type: 'copy', what: 'page' }],
]);

/** What a key does over what is read; null when it means there what it means everywhere. Pure. */
export function pressReadingKey(focus: Typing, key: string, searching: boolean): PressedReading | null {
  if (focus.typing !== null) return type(focus.typing, key);
  if (key === 'escape' && searching) return { focus, command: { type: 'stop' } };
  if (key === 'escape' || key === 'q') return { focus: null, command: { type: 'leave' } };
  if (key === '/') return { focus: { typing: '' }, command: null };
  const command = KEYS.get(key);
  return command === undefined ? null : { focus, command };
}

function type(typing: string, key: string): PressedReading {
  const typed = typeKey(typing, key);
  switch (typed.type) {
    case 'text':
      return { focus: { typing: screenText(typed.text) }, command: null };
    case 'escape':
      return { focus: { typing: null }, command: null };
    case 'enter':
      return { focus: { typing: null }, command: typing === '' ? null : { type: 'search', text: typing } };
  }
}
