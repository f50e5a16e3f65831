import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exitCode,
  guardThreshold,
  nearestLimit,
  type Limits,
  type StopFacts,
  stopReason,
  stopReasonSchema,
} from '../../source/engine/stop.js';

/** LOOP.md §7, in its own words. */
const ORDER =
  'cancelled > stop_file > budget_tokens > budget_cost > budget_wall > max_iter > runtime_error > guard_trip > ready_empty';
const REASONS = ORDER.split(' > ');

const NOTHING: StopFacts = {
  cancelled: false,
  stop_file: false,
  tokens: 0,
  cost_usd: 0,
  elapsed_ms: 0,
  started_iterations: 0,
  runtime_failed: false,
  guard_tripped: false,
  ready_empty: false,
};
const LIMITS: Limits = { max_iter: 10, budget_tokens: 1000, budget_cost: 2.5, budget_wall_ms: 60_000 };
const NO_LIMITS: Limits = { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null };

/** What makes each reason hold, in the order of the page. */
const HOLDS: readonly Partial<StopFacts>[] = [
  { cancelled: true },
  { stop_file: true },
  { tokens: 1000 },
  { cost_usd: 2.5 },
  { elapsed_ms: 60_000 },
  { started_iterations: 10 },
  { runtime_failed: true },
  { guard_tripped: true },
  { ready_empty: true },
];

const facts = fc.record<StopFacts>({
  cancelled: fc.boolean(),
  stop_file: fc.boolean(),
  tokens: fc.nat(2000),
  cost_usd: fc.nat(500).map((cents) => cents / 100),
  elapsed_ms: fc.nat(120_000),
  started_iterations: fc.nat(20),
  runtime_failed: fc.boolean(),
  guard_tripped: fc.boolean(),
  ready_empty: fc.boolean(),
});

describe('stopReason', () => {
  it('knows the reasons of the page, in its order', () => {
    expect(stopReasonSchema.options).toEqual(REASONS);
  });

  it('is the first of the page that holds, whichever others do', () => {
    fc.assert(
      fc.property(fc.subarray([...HOLDS.keys()]), (held) => {
        const now = held.reduce<StopFacts>((all, index) => ({ ...all, ...HOLDS[index] }), NOTHING);
        expect(stopReason(now, LIMITS)).toBe(held.length === 0 ? null : REASONS[Math.min(...held)]);
      }),
    );
  });

  it('never comes from a limit that was not set', () => {
    fc.assert(
      fc.property(facts, (now) => {
        expect(['budget_tokens', 'budget_cost', 'budget_wall', 'max_iter']).not.toContain(
          stopReason(now, NO_LIMITS),
        );
      }),
    );
  });

  it('holds from the very value of the limit on, not before', () => {
    const below = { tokens: 999, cost_usd: 2.49, elapsed_ms: 59_999, started_iterations: 9 };
    expect(stopReason({ ...NOTHING, ...below }, LIMITS)).toBeNull();
  });

  it('stays once it is there: whatever grows or comes to it leaves it or puts an earlier one before it', () => {
    fc.assert(
      fc.property(facts, facts, (now, more) => {
        const later: StopFacts = {
          cancelled: now.cancelled || more.cancelled,
          stop_file: now.stop_file || more.stop_file,
          tokens: now.tokens + more.tokens,
          cost_usd: now.cost_usd + more.cost_usd,
          elapsed_ms: now.elapsed_ms + more.elapsed_ms,
          started_iterations: now.started_iterations + more.started_iterations,
          runtime_failed: now.runtime_failed || more.runtime_failed,
          guard_tripped: now.guard_tripped || more.guard_tripped,
          ready_empty: now.ready_empty || more.ready_empty,
        };
        const [before, after] = [stopReason(now, LIMITS), stopReason(later, LIMITS)];
        if (before === null) return;
        expect(after).not.toBeNull();
        expect(REASONS.indexOf(after ?? '')).toBeLessThanOrEqual(REASONS.indexOf(before));
      }),
    );
  });
});

describe('guardThreshold', () => {
  it.each([
    [1, 3],
    [2, 4],
    [16, 32],
  ])('with %i jobs is %i', (jobs, failures) => {
    expect(guardThreshold(jobs)).toBe(failures);
  });
});

describe('exitCode', () => {
  const every = fc.record({
    stop_reason: fc.constantFrom(...stopReasonSchema.options),
    something_wrong: fc.boolean(),
    tasks_left: fc.boolean(),
  });

  it('is 130 for what the user cancelled, and for nothing else', () => {
    fc.assert(
      fc.property(every, (told) => {
        expect(exitCode(told) === 130).toBe(told.stop_reason === 'cancelled');
      }),
    );
  });

  it('is 1 where something is wrong, else 3 where a limit has left tasks, else 0', () => {
    fc.assert(
      fc.property(every, (told) => {
        const wrong = told.something_wrong || ['runtime_error', 'guard_trip'].includes(told.stop_reason);
        const left = told.tasks_left && told.stop_reason !== 'ready_empty';
        const expected = told.stop_reason === 'cancelled' ? 130 : wrong ? 1 : left ? 3 : 0;
        expect(exitCode(told)).toBe(expected);
      }),
    );
  });
});

describe('nearestLimit', () => {
  it('is the one of which most is used', () => {
    const used = { ...NOTHING, tokens: 500, cost_usd: 2.25, elapsed_ms: 48_000, started_iterations: 1 };
    expect(nearestLimit(used, LIMITS)).toMatchObject({ reason: 'budget_cost', share: 0.9 });
    expect(nearestLimit({ ...used, tokens: 2000 }, LIMITS)).toMatchObject({
      reason: 'budget_tokens',
      share: 2,
    });
    expect(nearestLimit(used, { ...NO_LIMITS, max_iter: 0 })).toMatchObject({ reason: 'max_iter', share: 1 });
    expect(nearestLimit(used, NO_LIMITS)).toBeNull();
  });
});
