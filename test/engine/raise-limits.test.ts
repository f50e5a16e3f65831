import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LIMIT_NAMES,
  type RaisedLimits,
  raisedInWords,
  raisedLimitsSchema,
  raiseLimits,
  raiseProblem,
} from '../../source/engine/raise-limits.js';
import { readLimit } from '../../source/engine/read-limit.js';
import { durationText, millisecondsOf } from '../../source/engine/duration.js';

const amount = fc.integer({ min: 1, max: 1_000_000 });
const limits = fc.record({
  budget_tokens: fc.option(amount),
  budget_cost: fc.option(amount),
  budget_wall_ms: fc.option(amount),
  max_iter: fc.option(amount),
});
const raised = fc
  .record(
    { budget_tokens: amount, budget_cost: amount, budget_wall_ms: amount, max_iter: amount },
    { requiredKeys: [] },
  )
  .filter((wanted) => Object.keys(wanted).length > 0);

describe('raiseLimits', () => {
  it('makes no limit less and none anew, and exactly what was asked where nothing stands against it', () => {
    fc.assert(
      fc.property(limits, raised, (before, wanted: RaisedLimits) => {
        expect(raisedLimitsSchema.parse(wanted)).toEqual(wanted);
        const after = raiseLimits(before, wanted);
        const kept = LIMIT_NAMES.filter((name) => {
          const [was, is] = [before[name], after[name]];
          return was === null ? is === null : is !== null && is >= was;
        });
        expect(kept).toEqual(LIMIT_NAMES);
        const possible = raiseProblem(before, wanted) === null;
        expect(after).toEqual(possible ? { ...before, ...wanted } : after);
        // What has been done, and what could not be, cannot be done now.
        expect(raiseProblem(after, wanted)).not.toBeNull();
      }),
    );
  });

  it('says why it cannot', () => {
    const now = { budget_tokens: 5, budget_cost: null, budget_wall_ms: 5_400_000, max_iter: null };
    expect(raiseProblem(now, { budget_tokens: 5 })).toBe(
      'the limit is 5 tokens already: it can only be raised',
    );
    expect(raiseProblem(now, { budget_wall_ms: 60_000 })).toContain('the limit is 1h30m already');
    expect(raiseProblem(now, { budget_cost: 1 })).toBe(
      'the run has no limit of cost: there is nothing to raise',
    );
    expect(raisedInWords({ max_iter: 4, budget_cost: 5.5 })).toBe('$5.5 and 4 iterations');
    expect(raisedLimitsSchema.safeParse({}).success).toBe(false);
  });
});

describe('readLimit', () => {
  it.each([
    ['budget_tokens', '3000000', { value: 3_000_000 }],
    ['budget_tokens', '2m', { problem: 'must be a whole number' }],
    ['budget_cost', ' 5.50 ', { value: 5.5 }],
    ['budget_cost', '0', { problem: 'must be more than 0' }],
    ['budget_wall_ms', '1h30m', { value: 5_400_000 }],
    ['budget_wall_ms', '90', { problem: 'needs a unit: write it like "30s", "90m" or "1h30m"' }],
    ['max_iter', '1.5', { problem: 'must be a whole number' }],
  ] as const)('reads %s of %j as the flag is read', (name, text, read) => {
    expect(readLimit(name, text)).toEqual(read);
  });
});

describe('durationText', () => {
  it('is read back as what it was', () => {
    fc.assert(
      fc.property(fc.nat(3_000_000_000), (milliseconds) => {
        expect(millisecondsOf(durationText(milliseconds))).toBe(milliseconds);
      }),
    );
    expect(durationText(5_400_000)).toBe('1h30m');
  });
});
