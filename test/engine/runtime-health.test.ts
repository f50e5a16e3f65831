import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptEnd, attemptEndSchema } from '../../source/engine/outcome.js';
import {
  HEALTHY,
  reportAttempt,
  type RuntimeHealth,
  type RuntimeReport,
} from '../../source/engine/runtime-health.js';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;

function report(end: AttemptEnd, more: Partial<RuntimeReport> = {}): RuntimeReport {
  return { end, reason: `why ${end}`, resets_at: null, now: NOW, jitter: 0.5, ...more };
}

/** The health after faults each of which came as soon as the rest of the one before was over. */
function afterFaults(...ends: readonly AttemptEnd[]): RuntimeHealth {
  return ends.reduce<RuntimeHealth>(
    (health, end) => reportAttempt(health, report(end, { now: health.resting_until ?? NOW })),
    HEALTHY,
  );
}

function restOf(health: RuntimeHealth, now: number): number {
  return Math.max(0, (health.resting_until ?? now) - now);
}

const someReport = fc.record({
  end: fc.constantFrom(...attemptEndSchema.options),
  resets: fc.option(fc.integer({ min: -MINUTE, max: 10 * 60 * MINUTE })),
  later: fc.nat(10 * MINUTE),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('reportAttempt', () => {
  it.each(['authentication', 'program_missing'] as const)(
    '%s is the end of the runtime, with the reason',
    (end) => {
      expect(reportAttempt(HEALTHY, report(end)).failed).toBe(`why ${end}`);
    },
  );

  it('rests at least a minute for a usage limit, twice as long each time that it was wrong, at most six hours', () => {
    let health = HEALTHY;
    let now = NOW;
    const rests = Array.from({ length: 12 }, () => {
      health = reportAttempt(health, report('usage_limit', { now }));
      const rest = restOf(health, now);
      now += rest;
      return rest / MINUTE;
    });
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
    expect(health).toMatchObject({ failed: null, resting_for: 'usage_limit' });
  });

  it('rests until the limit is said to end, but never less than the doubling says', () => {
    const inAnHour = new Date(NOW + 60 * MINUTE).toISOString();
    expect(restOf(reportAttempt(HEALTHY, report('usage_limit', { resets_at: inAnHour })), NOW)).toBe(
      60 * MINUTE,
    );
    for (const resets_at of [
      new Date(NOW + 1000).toISOString(),
      new Date(NOW - MINUTE).toISOString(),
      'soon',
    ]) {
      expect(restOf(reportAttempt(HEALTHY, report('usage_limit', { resets_at })), NOW)).toBe(MINUTE);
    }
  });

  it('backs off twice as long after each fault in a row, and gives up at the fifth', () => {
    const rests: number[] = [];
    let health = HEALTHY;
    let now = NOW;
    for (const end of ['rate_limit', 'server', 'server', 'rate_limit'] as const) {
      health = reportAttempt(health, report(end, { now }));
      expect(health).toMatchObject({ failed: null, resting_for: 'back_off' });
      rests.push(restOf(health, now));
      now = health.resting_until ?? now;
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(reportAttempt(health, report('server', { now })).failed).toBe('why server');
  });

  it('takes faults of slots that fail together as one', () => {
    const once = reportAttempt(HEALTHY, report('server'));
    const soon = report('server', { now: NOW + 1 });
    expect([1, 2, 3, 4, 5, 6].reduce((health) => reportAttempt(health, soon), once)).toEqual(once);
  });

  it('spreads the slots’ return by a quarter to both sides', () => {
    expect(restOf(reportAttempt(HEALTHY, report('server', { jitter: 0 })), NOW)).toBe(3_750);
    expect(restOf(reportAttempt(HEALTHY, report('server', { jitter: 1 })), NOW)).toBe(6_250);
  });

  it('forgets all faults when an agent has worked, unless it had begun before the rest', () => {
    const health = afterFaults('server', 'server', 'usage_limit');
    const rested = health.resting_until ?? NOW;
    expect(reportAttempt(health, report('gate_red', { now: rested }))).toEqual(HEALTHY);
    expect(reportAttempt(health, report('merged', { now: rested - 1 }))).toEqual(health);
  });

  it('learns nothing from an attempt that tells nothing of the runtime', () => {
    const health = afterFaults('server');
    for (const end of ['claim_lost', 'aborted', 'skipped', 'run_aborted', 'setup_failed'] as const) {
      expect(reportAttempt(health, report(end, { now: (health.resting_until ?? NOW) + 1 }))).toEqual(health);
    }
  });

  it('never shortens a rest that others wait for, and never takes back that the runtime has failed', () => {
    fc.assert(
      fc.property(fc.array(someReport, { maxLength: 30 }), (reports) => {
        let health = HEALTHY;
        let now = NOW;
        for (const { end, resets, later, jitter } of reports) {
          now += later;
          const resets_at = resets === null ? null : new Date(now + resets).toISOString();
          const next = reportAttempt(health, report(end, { now, jitter, resets_at }));
          const least = Math.max(end === 'usage_limit' ? MINUTE : 0, restOf(health, now));
          expect(restOf(next, now)).toBeGreaterThanOrEqual(least);
          expect(health.failed !== null && next.failed === null).toBe(false);
          health = next;
        }
      }),
    );
  });
});
