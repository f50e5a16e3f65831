import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countTokens,
  NO_TOKENS_YET,
  tokensOfLastMinute,
  tokensPerMinute,
} from '../../source/engine/token-rate.js';

const NOW = Date.parse('2026-11-22T10:30:00.000Z');

describe('token rate', () => {
  it('holds what was used in the last five minutes, and no more', () => {
    const uses = fc.array(fc.record({ ago: fc.nat(900), tokens: fc.nat(1000) }), { maxLength: 60 });
    fc.assert(
      fc.property(uses, (made) => {
        const inOrder = made.toSorted((one, other) => other.ago - one.ago);
        const rate = inOrder.reduce(
          (sum, { ago, tokens }) => countTokens(sum, NOW - ago * 1000, tokens),
          NO_TOKENS_YET,
        );
        expect(rate.tokens.length).toBeLessThanOrEqual(16);
        const shown = tokensPerMinute(rate, NOW);
        const within = made.filter(({ ago }) => ago > 0 && ago <= 300);
        expect(shown).toHaveLength(15);
        expect(shown.reduce((sum, each) => sum + each, 0)).toBe(
          3 * within.reduce((sum, { tokens }) => sum + tokens, 0),
        );
      }),
      {
        examples: [
          [
            [
              { ago: 281, tokens: 1 },
              { ago: 0, tokens: 0 },
            ],
          ],
        ],
      },
    );
  });

  it('tells the last minute, and that nothing is used any more', () => {
    const rate = [50, 30, 10].reduce((sum, ago) => countTokens(sum, NOW - ago * 1000, 100), NO_TOKENS_YET);
    expect(tokensOfLastMinute(rate, NOW)).toBe(300);
    expect(tokensOfLastMinute(rate, NOW + 40_000)).toBe(100);
    expect(tokensOfLastMinute(rate, NOW + 600_000)).toBe(0);
  });

  it('counts on when the clock goes back', () => {
    const rate = countTokens(countTokens(NO_TOKENS_YET, NOW, 5), NOW - 60_000, 7);
    expect(rate.tokens).toEqual([12]);
  });
});
