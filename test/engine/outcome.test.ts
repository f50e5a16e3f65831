import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptEnd,
  attemptEndSchema,
  type Consequence,
  consequenceOf,
  countsAsAttempt,
  isOutsideFault,
  isRuntimeFault,
  iterationOutcome,
} from '../../source/engine/outcome.js';

const ENDS = attemptEndSchema.options;
const COUNTED: readonly AttemptEnd[] = [
  'gate_red',
  'merged_gate_red',
  'no_closing_word',
  'foreign_change',
  'operation_in_progress',
  'base_lost',
  'setup_failed',
  'iteration_timeout',
  'iteration_budget',
  'stalled',
  'crashed',
  'killed',
  'unknown',
  'refusal',
  'prompt_too_long',
  'git_failed',
];
const FAULTS: readonly AttemptEnd[] = [
  'usage_limit',
  'rate_limit',
  'server',
  'authentication',
  'program_missing',
  'spawn_failed',
  'bad_request',
];

const history = fc.record({
  counted: fc.nat(6),
  faults: fc.nat(8),
  attempts: fc.integer({ min: 1, max: 5 }),
});
const end = fc.constantFrom(...ENDS);

/** The rows of LOOP.md §3 that do not depend on what was before. */
const ROWS: readonly (readonly [AttemptEnd, Consequence])[] = [
  ['merged', { counts: false, queue: 'close', next: 'next_task', fate: 'merged' }],
  ['empty', { counts: false, queue: 'close', next: 'next_task', fate: 'empty' }],
  ['blocked', { counts: false, queue: 'open_as_failed', next: 'next_task', fate: 'failed' }],
  ['conflict', { counts: false, queue: 'block_by_bug', next: 'fresh_worker', fate: 'conflicted' }],
  ['parked', { counts: false, queue: 'block_by_bug', next: 'fresh_worker', fate: 'conflicted' }],
  ['usage_limit', { counts: false, queue: 'open', next: 'back_off', fate: 'open again' }],
  ['claim_lost', { counts: false, queue: 'leave', next: 'next_task', fate: 'open again' }],
  ['aborted', { counts: false, queue: 'open', next: 'next_task', fate: 'open again' }],
  ['skipped', { counts: false, queue: 'open', next: 'next_task', fate: 'open again' }],
  ['run_aborted', { counts: false, queue: 'open', next: 'next_task', fate: 'open again' }],
];

describe('consequenceOf', () => {
  it.each(ROWS)('%s is the same whatever was before', (each, consequence) => {
    fc.assert(
      fc.property(history, (before) => {
        expect(consequenceOf(each, before)).toEqual(consequence);
      }),
    );
  });

  it.each(COUNTED)('%s is tried again until the attempts are used up, and then failed', (each) => {
    fc.assert(
      fc.property(history, (before) => {
        const expected: Consequence =
          before.counted < before.attempts
            ? { counts: true, queue: 'keep', next: 'retry', fate: null }
            : { counts: true, queue: 'open_as_failed', next: 'next_task', fate: 'failed' };
        expect(consequenceOf(each, before)).toEqual(expected);
      }),
    );
  });

  it.each([...FAULTS.filter((each) => each !== 'usage_limit'), 'queue_failed'] as const)(
    '%s does not count, and is the end of the task in this run the fifth time',
    (each) => {
      fc.assert(
        fc.property(history, (before) => {
          const failed = before.faults >= 5;
          expect(consequenceOf(each, before)).toEqual({
            counts: false,
            queue: 'open',
            next: each === 'queue_failed' ? 'next_task' : 'back_off',
            fate: failed ? 'failed' : 'open again',
          });
        }),
      );
    },
  );

  it('keeps a task claimed exactly while it is tried again or waits for a person', () => {
    fc.assert(
      fc.property(end, history, (each, before) => {
        const { queue, fate, next } = consequenceOf(each, before);
        expect(queue === 'keep').toBe(fate === null);
        expect(next === 'retry').toBe(fate === null);
        expect(queue === 'block_by_bug').toBe(fate === 'conflicted');
        expect(queue === 'close').toBe(fate === 'merged' || fate === 'empty');
        // A task is not labelled for what its runtime or the queue has done.
        expect(queue === 'open_as_failed').toBe(fate === 'failed' && !isOutsideFault(each));
      }),
    );
  });

  it('lets no task be tried more often than it has attempts', () => {
    fc.assert(
      fc.property(
        fc.array(end, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (ends, attempts) => {
          let counted = 0;
          for (const each of ends) {
            if (countsAsAttempt(each)) counted += 1;
            const { fate } = consequenceOf(each, { counted, faults: 0, attempts });
            if (fate === 'failed') break;
            expect(counted).toBeLessThan(attempts);
          }
          expect(counted).toBeLessThanOrEqual(attempts);
        },
      ),
    );
  });
});

describe('countsAsAttempt and isRuntimeFault', () => {
  it('tell apart the work’s failures, the runtime’s, and what is neither', () => {
    expect(ENDS.filter(countsAsAttempt).sort()).toEqual([...COUNTED].sort());
    expect(ENDS.filter(isRuntimeFault).sort()).toEqual([...FAULTS].sort());
    expect(ENDS.filter(isOutsideFault).sort()).toEqual([...FAULTS, 'queue_failed'].sort());
  });

  it('say what consequenceOf says, whatever was before', () => {
    fc.assert(
      fc.property(end, history, (each, before) => {
        const { counts, next } = consequenceOf(each, before);
        expect(countsAsAttempt(each)).toBe(counts);
        expect(isRuntimeFault(each)).toBe(next === 'back_off');
      }),
    );
  });
});

describe('iterationOutcome', () => {
  it('is closed for what is merged or empty, and backpressure_fail for a red gate, and for nothing else', () => {
    expect(ENDS.filter((each) => iterationOutcome(each) === 'closed')).toEqual(['merged', 'empty']);
    expect(ENDS.filter((each) => iterationOutcome(each) === 'backpressure_fail')).toEqual([
      'gate_red',
      'merged_gate_red',
    ]);
  });

  it('is runtime_error for every fault of the runtime', () => {
    for (const each of FAULTS) expect(iterationOutcome(each)).toBe('runtime_error');
  });
});
