import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainLine } from '../../source/engine/plain-line.js';

describe('plainLine', () => {
  test.each([
    ['\u001B[1;31mred\u001B[0m text', 'red text'],
    ['10%\r50%\r100%\r', '100%'],
    ['a\tb  ', 'a    b'],
    ['\u001B]8;;http://x\u0007link\u001B]8;;\u0007', 'link'],
    ['abc\u202Edef\u2066\u0000\u009B', 'abcdef'],
    ['one\u2028two', 'onetwo'],
    ['half \uD83D', 'half \uFFFD'],
    ['\r\r\r', ''],
    ['', ''],
  ])('%j is shown as %j', (line, shown) => {
    expect(plainLine(line, 100)).toBe(shown);
  });

  test('tells a cut, and cuts no character in two', () => {
    expect(plainLine('abcdef', 4)).toBe('abc…');
    expect(plainLine('ab🙂def', 4)).toBe('ab…');
  });

  test('never gives a control character, half a character or more than the length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (line, length) => {
        const shown = plainLine(line, length);
        expect(shown).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown.length).toBeLessThanOrEqual(length);
      }),
    );
  });
});
