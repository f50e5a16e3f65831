import type { Key } from 'ink';
import { screenText } from './screen-text.js';

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page up'],
  ['pageDown', 'page down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const;

/** A key as hew names it: `p`, `tab`, `shift-tab`, `ctrl-c`, `up` … Several characters are a paste. */
function keyName(input: string, key: Key): string {
  if (key.tab) return key.shift ? 'shift-tab' : 'tab';
  const named = NAMED.find(([property]) => key[property]);
  if (named) return named[1];
  return key.ctrl ? `ctrl-${input}` : input;
}

/**
 * The keys that were pressed, where the screen is slow several at once: one that is held comes as several characters, and
 * Esc with the next one as if Alt was held. Other text is taken for a paste, unless it is told that there can be none. Pure.
 */
export function keysPressed(input: string, key: Key, noPaste = false): readonly string[] {
  const name = keyName(input, key);
  // What is asked must not be answered by a key that follows its Esc.
  if (key.meta && !key.escape && (input !== '' || name === 'enter')) return ['escape', name];
  if (name !== input) return [name];
  // Digits are left together, since two of them name one slot.
  const isKeys = noPaste || /^(\D)\1+$/u.test(name) || /^\p{Cc}{2,}$/u.test(name);
  return isKeys ? Array.from(name, characterName) : [name];
}

/** A key by the character that it comes as among others: of one that comes alone Ink tells the name. */
function characterName(character: string): string {
  if (character === '\t') return 'tab';
  if (character === '\r') return 'enter';
  const code = character.charCodeAt(0);
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : character;
}

/** What is said of a key that does nothing; empty for one that has no name. Pure. */
export function unknownKeyText(key: string): string {
  const name = key === ' ' ? 'Space' : screenText(key).slice(0, 20);
  return name === '' ? '' : `${name} does nothing here: ? shows the keys`;
}
