import { describe, expect, it } from 'vitest';
import { bar, sparkline } from '../../source/reporters/sparkline.js';

describe('sparkline', () => {
  it('draws the largest number highest, and zero alone at the bottom', () => {
    expect(sparkline([0, 1, 50, 100])).toBe('▁▂▅█');
    expect(sparkline([0, 0])).toBe('');
    expect(sparkline([])).toBe('');
  });
});

describe('bar', () => {
  it('is as wide as asked, whatever the share', () => {
    expect([-1, 0, 0.09, 0.5, 0.99, 1, 7].map((share) => bar(share, 10).indexOf('░'))).toEqual([
      0, 0, 0, 5, 9, -1, -1,
    ]);
  });
});
