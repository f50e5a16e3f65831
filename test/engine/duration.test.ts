import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationSchema } from '../../source/engine/duration.js';

function messageOf(value: unknown): string | undefined {
  return durationSchema.safeParse(value).error?.issues[0]?.message;
}

describe('durationSchema', () => {
  it.each([
    ['90m', 90 * 60_000],
    ['30s', 30_000],
    ['1h30m', 90 * 60_000],
    ['1h 30m', 90 * 60_000],
    ['250ms', 250],
    ['1.5h', 90 * 60_000],
    [' 2d ', 2 * 24 * 3_600_000],
  ])('reads %s in milliseconds', (text, milliseconds) => {
    expect(durationSchema.parse(text)).toBe(milliseconds);
  });

  it.each([30, '30', '1.5'])('refuses the bare number %s with a hint', (value) => {
    expect(messageOf(value)).toContain('needs a unit');
  });

  it.each(['', 'm', '1 hour', '-5m', '5m-', 'soon', true, null, ['5m']])('refuses %s', (value) => {
    expect(messageOf(value)).toContain('is not a length of time');
  });

  it('refuses what a timer cannot wait, and nothing at all', () => {
    expect(messageOf('25d')).toContain('at most 24 days');
    expect(messageOf(`${'9'.repeat(400)}h`)).toContain('at most 24 days');
    expect(messageOf('0s')).toContain('longer than nothing');
  });

  it('adds up hours, minutes and seconds', () => {
    const part = fc.nat(100);
    fc.assert(
      fc.property(part, part, fc.integer({ min: 1, max: 100 }), (hours, minutes, seconds) => {
        expect(durationSchema.parse(`${hours}h${minutes}m${seconds}s`)).toBe(
          ((hours * 60 + minutes) * 60 + seconds) * 1000,
        );
      }),
    );
  });
});
