/** `…|1754870400`: seconds since 1970. */
const EPOCH = /\|(\d{10})\b/;
/** `resets 3pm (Europe/Rome)`, `resets Jul 26, 5:59am (UTC)`, `will reset at 9:30 AM`, `try again at 10:46 AM`, `try again at Nov 27th, 2026 6:00 AM`. */
const CLOCK =
  /\b(?:resets?|try again)(?:\s+(?:at|on))?\s+(?:([a-z]{3})[a-z]*\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+\d{4})?(?:,|\s+at)?\s+)?(\d{1,2})(?::(\d{2}))?\s*([ap])\.?m\b\.?(?:\s*\(([\w+/-]+)\))?/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const HOUR_MS = 3_600_000;

/**
 * When a limit ends, as a message tells it; in UTC, ISO 8601. A time of day is the next one in its zone (this
 * machine's, if none is named), or one that has passed less than an hour ago. Null when none is told. Pure but for
 * this machine's zone.
 */
export function resetTime(message: string, now: Date): string | null {
  const seconds = EPOCH.exec(message)?.[1];
  if (seconds !== undefined) return new Date(Number(seconds) * 1000).toISOString();
  const clock = CLOCK.exec(message);
  if (clock === null) return null;
  const [, month = '', day = '', hour = '', minute = '0', half = '', zone] = clock;
  const ahead = offsetOf(zone, now);
  const hours = (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (ahead === null || Number(hour) > 12 || Number(minute) > 59) return null;

  const there = new Date(now.getTime() + ahead);
  const at = (year: number, monthIndex: number, date: number): number =>
    Date.UTC(year, monthIndex, date, hours, Number(minute)) - ahead;
  const tooLate = now.getTime() - HOUR_MS;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  if (month !== '' && monthIndex === -1) return null;
  const [year, today] = [there.getUTCFullYear(), there.getUTCDate()];
  const candidates =
    month === ''
      ? [
          at(year, there.getUTCMonth(), today - 1),
          at(year, there.getUTCMonth(), today),
          at(year, there.getUTCMonth(), today + 1),
        ]
      : [at(year, monthIndex, Number(day)), at(year + 1, monthIndex, Number(day))];
  const next = candidates.find((time) => time > tooLate);
  return next === undefined ? null : new Date(next).toISOString();
}

/** How many milliseconds a zone's clocks are ahead of UTC; null when there is no such zone. */
function offsetOf(zone: string | undefined, now: Date): number | null {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const clock = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return clock - Math.floor(now.getTime() / 1000) * 1000;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
