import { describe, expect, it } from 'vitest';
import { tickInterval } from '../../source/components/use-ticks.js';

describe('tickInterval', () => {
  it('is five times a second while drawing is cheap, and twice at the least', () => {
    expect([0, 5, 9].map(tickInterval)).toEqual([200, 200, 200]);
    expect(tickInterval(15)).toBe(330);
    expect([30, 10_000].map(tickInterval)).toEqual([500, 500]);
  });
});
