import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { keysIn, pressedKeys } from '../../source/components/key-name.js';

describe('keysIn', () => {
  it('takes a key that is held for several, and nothing else', () => {
    expect(keysIn('jjj')).toEqual(['j', 'j', 'j']);
    expect(keysIn('  ')).toEqual([' ', ' ']);
    for (const name of ['j', '', 'up', 'jk', '11', 'page down', 'ctrl-c'])
      expect(keysIn(name)).toEqual([name]);
  });
});

describe('pressedKeys', () => {
  const pressed = (input: string, key: Partial<Key>, typing = false): readonly string[] =>
    pressedKeys(input, key as Key, typing);

  it('takes Escape and a character that come together for two keys, but in a text for the character', () => {
    expect(pressed('?', { meta: true })).toEqual(['escape', '?']);
    expect(pressed('', { escape: true, meta: true })).toEqual(['escape', 'escape']);
    expect(pressed('?', { meta: true }, true)).toEqual(['?']);
  });

  it('leaves other keys with Alt alone', () => {
    expect(pressed('', { upArrow: true, meta: true })).toEqual(['up']);
    expect(pressed('', { escape: true })).toEqual(['escape']);
  });
});
