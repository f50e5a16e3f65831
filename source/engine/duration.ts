import ms from 'ms';
import { z } from 'zod';

/** One part of a duration: a number and its unit, as in the `1h` and the `30m` of `1h30m`. */
const PART = / *(\d+(?:\.\d+)?) ?(ms|s|m|h|d)/y;

/** The most that a timer of Node can wait: a longer one would fire at once. */
export const LONGEST_DURATION_MS = 2 ** 31 - 1;

const EXAMPLES = 'write it like "30s", "90m" or "1h30m"';

/**
 * Milliseconds of a duration such as `30s`, `90m` or `1h30m`, units from large to small or not; null when the text is
 * anything else, a bare number included.
 */
export function millisecondsOf(text: string): number | null {
  let total = 0;
  let end = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    total += Number(part[1]) * ms(`1${part[2] as 'ms' | 's' | 'm' | 'h' | 'd'}`);
    end = PART.lastIndex;
  }
  return end > 0 && end === text.length ? Math.round(total) : null;
}

const UNITS = ['d', 'h', 'm', 's', 'ms'] as const;

/** A duration as {@link millisecondsOf} reads it: `8h`, `1h30m`. Pure. */
export function durationText(milliseconds: number): string {
  let left = Math.round(milliseconds);
  const parts = UNITS.flatMap((unit) => {
    const count = Math.floor(left / ms(`1${unit}`));
    left -= count * ms(`1${unit}`);
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.join('') || '0s';
}

/**
 * A length of time that came from outside, such as `"90m"`; the result is in milliseconds, above 0 and at most what a
 * timer can wait. A bare number is refused, since nobody can tell whether it means seconds or minutes.
 */
export const durationSchema = z.unknown().transform((value, context): number => {
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()))) {
    return refuse('needs a unit: ' + EXAMPLES);
  }
  const milliseconds = typeof value === 'string' ? millisecondsOf(value.trim()) : null;
  if (milliseconds === null) return refuse('is not a length of time: ' + EXAMPLES);
  if (milliseconds === 0) return refuse('must be longer than nothing');
  if (milliseconds > LONGEST_DURATION_MS) return refuse('must be at most 24 days');
  return milliseconds;
});
