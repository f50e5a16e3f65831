import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../source/engine/nearest-name.js';

describe('nearestName', () => {
  it.each([
    ['lst', 'list'],
    ['lsit', 'list'],
    ['LIST', 'list'],
    ['shwo', 'show'],
    ['statuss', 'status'],
    ['banana', null],
    ['', null],
  ])('takes %j for %j', (name, meant) => {
    expect(nearestName(name, ['list', 'show', 'status', 'close'])).toBe(meant);
  });

  it('takes a name for itself', () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z-]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, (names) => {
        expect(names.map((name) => nearestName(name, names))).toEqual(names);
      }),
    );
  });
});
