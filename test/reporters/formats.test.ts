import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatClock,
  formatCount,
  formatDuration,
  formatMoney,
  formatTokens,
  shortSha,
} from '../../source/reporters/formats.js';
import { exampleSha } from '../example-run.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('formats', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [999, '999'],
    [1000, '1k'],
    [48_100, '48.1k'],
    [182_345, '182k'],
    [999_999, '1M'],
    [1_900_000, '1.9M'],
    [21_400_000, '21.4M'],
    [3_210_000_000, '3.21B'],
  ])('tokens: %d as %s', (count, text) => {
    expect(formatTokens(count)).toBe(text);
  });

  it.each([
    [0, false, '$0.00'],
    [0.004, false, '<$0.01'],
    [0.005, false, '$0.01'],
    [1.92, false, '$1.92'],
    [1234.5, false, '$1234.50'],
    [0, true, '?'],
    [38.12, true, '>$38.12'],
  ])('money: %d (unknown: %s) as %s', (usd, unknown, text) => {
    expect(formatMoney(usd, unknown)).toBe(text);
  });

  it.each([
    [-5, '0s'],
    [999, '0s'],
    [48 * SECOND, '48s'],
    [4 * MINUTE + 12 * SECOND, '4m12s'],
    [HOUR - 1, '59m59s'],
    [2 * HOUR + 4 * MINUTE, '2h04m'],
    [24 * HOUR, '1d00h'],
    [76 * HOUR, '3d04h'],
  ])('a duration: %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('never needs more than six columns for a month', () => {
    fc.assert(
      fc.property(fc.nat(31 * 24 * HOUR), (milliseconds) => {
        expect(formatDuration(milliseconds).length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('the time of day where hew runs', () => {
    expect(formatClock(new Date(2026, 10, 22, 3, 9, 7).toISOString())).toBe('03:09:07');
  });

  it('short names of commits, and counts with their word', () => {
    expect(shortSha(exampleSha('8c1f02e9'))).toBe('8c1f02e');
    expect([formatCount(0, 'file'), formatCount(1, 'file'), formatCount(2, 'try', 'tries')]).toEqual([
      '0 files',
      '1 file',
      '2 tries',
    ]);
  });
});
