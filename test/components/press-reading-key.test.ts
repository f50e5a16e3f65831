import { describe, expect, it } from 'vitest';
import { pressReadingKey } from '../../source/components/press-reading-key.js';

const RESTING = { typing: null };

/** What typing these keys one after the other comes to. */
function typed(...keys: readonly string[]): ReturnType<typeof pressReadingKey> {
  let pressed: ReturnType<typeof pressReadingKey> = { focus: RESTING, command: null };
  for (const key of keys) pressed = pressReadingKey(pressed?.focus ?? RESTING, key, false);
  return pressed;
}

describe('pressReadingKey', () => {
  it.each([
    ['j', { type: 'move', rows: 1 }],
    ['down', { type: 'move', rows: 1 }],
    ['k', { type: 'move', rows: -1 }],
    ['up', { type: 'move', rows: -1 }],
    [' ', { type: 'page', pages: 1 }],
    ['page down', { type: 'page', pages: 1 }],
    ['b', { type: 'page', pages: -1 }],
    ['page up', { type: 'page', pages: -1 }],
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
  ])('takes %s for a command', (key, command) => {
    expect(pressReadingKey(RESTING, key, false)).toEqual({ focus: RESTING, command });
  });

  it('leaves the keys of the run to the run', () => {
    for (const key of ['p', 'P', 'a', '?', 'tab', '3', 'z'])
      expect(pressReadingKey(RESTING, key, false)).toBeNull();
  });

  it('types what is to be searched, keys of any other meaning too', () => {
    expect(typed('/', 'q', 'p', ' ', '?', '日本', 'G')?.focus).toEqual({ typing: 'qp ?日本G' });
    expect(typed('/', 'a', 'b', 'backspace', 'c', 'enter')).toEqual({
      focus: RESTING,
      command: { type: 'search', text: 'ac' },
    });
    expect(typed('/', '😀', 'delete', 'up', 'ctrl-d', 'tab')?.focus).toEqual({ typing: '' });
    expect(typed('/', 'a\u001b[31mb\n')?.focus).toEqual({ typing: 'ab ' });
  });

  it('searches nothing for nothing, and takes a search back', () => {
    expect(typed('/', 'enter')).toEqual({ focus: RESTING, command: null });
    expect(typed('/', 'a', 'escape')).toEqual({ focus: RESTING, command: null });
  });

  it('gives up a search before it leaves', () => {
    expect(pressReadingKey(RESTING, 'escape', true)).toEqual({ focus: RESTING, command: { type: 'stop' } });
    expect(pressReadingKey(RESTING, 'escape', false)).toEqual({ focus: null, command: { type: 'leave' } });
  });
});
