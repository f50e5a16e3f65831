import type { Key } from 'ink';

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

/** A key as hew names it: `p`, `tab`, `shift-tab`, `ctrl-c`, `up` … Several characters are a paste. Pure. */
export function keyName(input: string, key: Key): string {
  if (key.tab) return key.shift ? 'shift-tab' : 'tab';
  const named = NAMED.find(([property]) => key[property]);
  if (named) return named[1];
  return key.ctrl ? `ctrl-${input}` : input;
}

/**
 * The keys that were pressed. Escape with a character after it is what a terminal sends for Alt with that character, which
 * means nothing here, and what a slow screen reads of two keys: it is two, unless a text is being typed. Pure.
 */
export function pressedKeys(input: string, key: Key, typing: boolean): readonly string[] {
  const keys = keysIn(keyName(input, key));
  if (typing || !key.meta) return keys;
  return key.escape || Array.from(input).length === 1 ? ['escape', ...keys] : keys;
}

/** The keys that a name stands for: one that is held comes as several characters where the screen is slow. Pure. */
export function keysIn(name: string): readonly string[] {
  // Digits are left together, since two of them name one slot.
  return /^(\D)\1+$/u.test(name) ? Array.from(name) : [name];
}
