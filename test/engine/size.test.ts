import { describe, expect, test } from 'vitest';
import { sizeSchema, sizeText } from '../../source/engine/size.js';

describe('a size', () => {
  test.each([
    ['500MB', 500_000_000],
    ['2 GB', 2_000_000_000],
    ['1.5gib', 1_610_612_736],
    ['10 kB', 10_000],
    [0, 0],
  ])('%s is %i bytes', (text, bytes) => {
    expect(sizeSchema.parse(text)).toBe(bytes);
  });

  test.each([500, '500', '5 apples', '-1GB', 'GB', '1GB2', true])('%s is refused', (value) => {
    expect(sizeSchema.safeParse(value).error?.issues[0]?.message).toMatch(/^is not a size: /);
  });

  test('is told with two digits or more that matter, never as more than it is', () => {
    expect([312_700_000, 1_590_000_000, 24_900_000_000, 0].map(sizeText)).toEqual([
      '312 MB',
      '1.5 GB',
      '24 GB',
      '0 MB',
    ]);
  });
});
