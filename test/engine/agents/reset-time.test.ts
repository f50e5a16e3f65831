import { expect, test } from 'vitest';
import { resetTime } from '../../../source/engine/agents/reset-time.js';

const NOW = new Date('2026-11-23T10:00:00Z');

test.each([
  ['Claude AI usage limit reached|1795500000', '2026-11-24T06:00:00.000Z'],
  ["You've hit your limit · resets 3pm (UTC)", '2026-11-23T15:00:00.000Z'],
  ["You've hit your session limit · resets 12:50am (America/Los_Angeles)", '2026-11-24T08:50:00.000Z'],
  ['resets 4:50am (Europe/Rome)', '2026-11-24T03:50:00.000Z'],
  ['resets 2am (Asia/Tokyo)', '2026-11-23T17:00:00.000Z'],
  // It has passed a moment ago: that does not make it tomorrow's.
  ['resets 9:59am (UTC)', '2026-11-23T09:59:00.000Z'],
  ['resets Nov 26, 5:59am (UTC)', '2026-11-26T05:59:00.000Z'],
  ['resets Jan 2 at 10am (UTC)', '2027-01-02T10:00:00.000Z'],
  ['Limits will reset at 9:30 PM (Etc/GMT+5).', '2026-11-24T02:30:00.000Z'],
  ['resets 3pm (Nowhere/City)', null],
  ['resets 25pm (UTC)', null],
  ['resets Foo 2, 3pm (UTC)', null],
  ['API Error: Request rejected (429)', null],
])('%s', (message, expected) => {
  expect(resetTime(message, NOW)).toBe(expected);
});

test("without a zone it is this machine's clock", () => {
  const reset = resetTime('try again at 10:46 AM.', NOW);
  const there = new Date(reset ?? 0);
  expect([there.getHours(), there.getMinutes()]).toEqual([10, 46]);
});
