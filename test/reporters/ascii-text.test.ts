import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { asciiText } from '../../source/reporters/ascii-text.js';

const SOURCE = fileURLToPath(new URL('../../source', import.meta.url));

describe('asciiText', () => {
  it('replaces every glyph that the screen and the reporters draw with', async () => {
    const files = await Promise.all(
      ['components', 'reporters'].map(async (room) =>
        (await readdir(`${SOURCE}/${room}`)).map((name) => `${SOURCE}/${room}/${name}`),
      ),
    );
    const texts = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
    expect(texts.join('')).toContain('▶');
    expect(asciiText(texts.join(''))).toMatch(/^[\n -~]*$/);
    // ink-table draws these.
    expect(asciiText('┌─┬┐│├┼┤└┴┘')).toBe('+-++|+++++++'.slice(0, 11));
  });

  it('leaves the width and all other text as they are', () => {
    expect(asciiText('日本 ▶1 ✓ é')).toBe('日本 >1 v é');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(stringWidth(asciiText(text))).toBe(stringWidth(text));
      }),
    );
  });
});
