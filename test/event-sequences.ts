import * as fc from 'fast-check';
import type { DurableEvent } from '../source/engine/events.js';
import type { AttemptEnd } from '../source/engine/outcome.js';
import { attemptEndSchema } from '../source/engine/outcome.js';
import { SimulatedRun, type SimulatedStep } from './simulated-run.js';

const tokens = fc.record({
  input: fc.nat(100_000),
  output: fc.nat(20_000),
  cache_read: fc.nat(1_000_000),
  cache_create: fc.nat(50_000),
});

/** Most attempts end in one of the ways that make a run interesting; each other way is met, too. */
const end: fc.Arbitrary<AttemptEnd> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<AttemptEnd>('merged') },
  { weight: 2, arbitrary: fc.constantFrom<AttemptEnd>('gate_red', 'conflict', 'parked', 'merged_gate_red') },
  { weight: 2, arbitrary: fc.constantFrom(...attemptEndSchema.options) },
);

const step: fc.Arbitrary<SimulatedStep> = fc.record({
  slot: fc.nat(15),
  seconds: fc.nat(90),
  end,
  tokens,
  cost_usd: fc.option(fc.integer({ min: 0, max: 400 }).map((cents) => cents / 100)),
  /** Something that happens beside the attempts; nothing most of the time. */
  aside: fc.option(
    fc.constantFrom(
      'pause',
      'resume',
      'settle',
      'settle_earlier',
      'claim_lost',
      'notice',
      'trunk',
      'foreign',
      'add',
      'remove',
      'raise',
      'restart',
    ),
    { freq: 5 },
  ),
  /** Which of the ways that the step's own event can go. */
  choice: fc.nat(99),
});

/**
 * Plausible runs, as the engine would tell them: interleaved slots, retries, limits, conflicts, parked branches that are
 * tried again, and every way of landing. Each event follows from those before it. They end with `run.finished`.
 */
export const eventSequences: fc.Arbitrary<readonly DurableEvent[]> = fc
  .record({
    jobs: fc.integer({ min: 1, max: 5 }),
    dry_run: fc.nat(19).map((number) => number === 0),
    attempts: fc.integer({ min: 1, max: 3 }),
    tasks: fc.integer({ min: 1, max: 8 }),
    max_iter: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 3 }),
    detached: fc.boolean(),
    ungated: fc.boolean(),
    moved_on: fc.boolean(),
    landing: fc.constantFrom('landed' as const, 'refused' as const, 'not_tried' as const),
    steps: fc.array(step, { maxLength: 120, size: 'max' }),
  })
  .map(({ steps, ...settings }) => {
    const run = new SimulatedRun(settings);
    for (const each of steps) run.step(each);
    return run.finish();
  });
