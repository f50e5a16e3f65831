import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../source/engine/plain-text.js';

const CONTROL = /\p{Cc}/u;
const BIDIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Text that is mostly made of what a hostile program would write. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b',
        '\u001b[',
        '\u001b]',
        '\u009b',
        '\u009d',
        '\u0007',
        '\u001b\\',
        '\u009c',
        '\u001bP',
      ),
      fc.constantFrom('31m', '2J', '0;', '8;;http://x', 'a', '\n', '\r', '\t', '\u0000', '\u007f', '\u0085'),
      fc.constantFrom(
        '\u202e',
        '\u2066',
        '\u200f',
        '\u061c',
        '\ufeff',
        '\u{e0041}',
        '\u2028',
        '\ud800',
        '👩‍👧',
      ),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

describe('plainText', () => {
  it('leaves no control character and no mark that turns the direction of writing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const plain = plainText(text);
        expect(plain).not.toMatch(CONTROL);
        expect(plain).not.toMatch(BIDIRECTIONAL);
        expect(plain.isWellFormed()).toBe(true);
        expect(plainText(plain)).toBe(plain);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves ordinary text as it is', () => {
    for (const text of ['', 'Fix “the” build', 'größer 漢字 👩‍👧 é', '[31m] ]0; \\ / ~ @']) {
      expect(plainText(text)).toBe(text);
    }
  });

  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jgone', 'gone'],
    ['\u009d0;title\u009ctext', 'text'],
    ['\u001bPq#0\u001b\\text', 'text'],
    ['\u001b(Bplain\u001b7', 'plain'],
    ['no end \u001b]0;rest', 'no end 0;rest'],
    ['cut \u001b[', 'cut '],
    ['one\r\ntwo\tthree\u2028four', 'one two three four'],
    ['evil\u202Etxt.exe', 'eviltxt.exe'],
  ])('makes %j %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('removes the sequences that Node knows', () => {
    const colour = fc.constantFrom(
      '\u001b[1;31m',
      '\u001b[0m',
      '\u001b[2K',
      '\u001b[10;20H',
      '\u001b]0;t\u0007',
      'x',
      'é',
    );
    fc.assert(
      fc.property(fc.array(colour), (parts) => {
        const text = parts.join('');
        expect(plainText(text)).toBe(stripVTControlCharacters(text));
      }),
    );
  });

  it.each(['\u001b]a', '\u009d', '\u001b[1;', '\u001bP', '\u001b', '\u001b]a\u009d'])(
    'takes no more time a letter for a long text of %j',
    (part) => {
      // With a search to the end for every one of them this would take hours, and the test would time out.
      expect(plainText(part.repeat(2_000_000))).not.toMatch(CONTROL);
    },
  );
});
