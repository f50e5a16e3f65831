import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cut, fit, screenText, spread } from '../../source/components/screen-text.js';
import { EVIL_TEXTS } from './live-example.js';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...EVIL_TEXTS, 'ab', ' ', '語'), { maxLength: 4 }).map((parts) => parts.join('')),
);
const anyWidth = fc.nat(100);

describe('screenText', () => {
  it('leaves nothing that drives a terminal or whose width is unsure', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = screenText(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Regional_Indicator}\p{Me}]/u);
      }),
    );
  });

  it('keeps what people write', () => {
    expect(screenText('Café au lait, naïve façade')).toBe('Café au lait, naïve façade');
    expect(screenText('e\u0301')).toBe('é');
    expect(screenText('日本語 🎉')).toBe('日本語 🎉');
    expect(screenText('👍🏽 👨‍👩‍👧 🇩🇪 ❤️ 1️⃣')).toBe('👍 👨👩👧 DE ❤ 1');
  });
});

describe('cut, fit and spread', () => {
  it('never give more columns than there are', () => {
    fc.assert(
      fc.property(anyText.map(screenText), anyText.map(screenText), anyWidth, (left, right, width) => {
        expect(stringWidth(cut(left, width))).toBeLessThanOrEqual(width);
        expect(stringWidth(fit(left, width))).toBe(width);
        expect(stringWidth(spread(left, right, width, '─'))).toBe(width);
      }),
    );
  });

  it('leave what fits as it is', () => {
    expect(cut('four', 4)).toBe('four');
    expect(cut('fives', 4)).toBe('fiv…');
    expect(fit('四', 4)).toBe('四  ');
    expect(spread('left', 'right', 12)).toBe('left   right');
  });
});
