import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { keysPressed } from '../../source/components/key-name.js';

const NO_KEY: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

describe('keysPressed', () => {
  it('takes a key that is held for several, and nothing else', () => {
    expect(keysPressed('jjj', NO_KEY)).toEqual(['j', 'j', 'j']);
    expect(keysPressed('  ', NO_KEY)).toEqual([' ', ' ']);
    for (const name of ['j', '', 'jk', '11']) expect(keysPressed(name, NO_KEY)).toEqual([name]);
    expect(keysPressed('c', { ...NO_KEY, ctrl: true })).toEqual(['ctrl-c']);
  });

  it('takes keys without a character of their own apart, and all where nothing is pasted', () => {
    expect(keysPressed('\t\r', NO_KEY)).toEqual(['tab', 'enter']);
    expect(keysPressed('\r\r', NO_KEY)).toEqual(['enter', 'enter']);
    expect(keysPressed('\u0004\u0004', NO_KEY)).toEqual(['ctrl-d', 'ctrl-d']);
    expect(keysPressed('a\tb\r', NO_KEY)).toEqual(['a\tb\r']);
    expect(keysPressed('jk\t/\u{1F600}\r', NO_KEY, true)).toEqual([
      'j',
      'k',
      'tab',
      '/',
      '\u{1F600}',
      'enter',
    ]);
    expect(keysPressed('', { ...NO_KEY, pageDown: true }, true)).toEqual(['page down']);
  });

  it.each([
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
    ['tab', 'tab'],
  ] as const)('names %s', (property, name) => {
    expect(keysPressed('', { ...NO_KEY, [property]: true })).toEqual([name]);
    const isEnter = name === 'enter';
    expect(keysPressed('', { ...NO_KEY, [property]: true, meta: true })).toEqual(
      isEnter ? ['escape', name] : [name],
    );
  });

  it('does not lose the Esc before a key that comes with it', () => {
    expect(keysPressed('a', { ...NO_KEY, meta: true })).toEqual(['escape', 'a']);
    expect(keysPressed('c', { ...NO_KEY, meta: true, ctrl: true })).toEqual(['escape', 'ctrl-c']);
  });
});
