import type { AttemptOutcome } from './run-attempt.js';

/** Why the user ends a slot's iteration: the reason of its signal. */
export class SlotInterruption extends Error {
  override readonly name = 'SlotInterruption';

  constructor(readonly end: 'aborted' | 'skipped') {
    super(end === 'aborted' ? 'the user aborted it' : 'the user skipped the task');
  }
}

/** An outcome as it is told when it was the user who ended the slot's iteration, and not the run. Pure. */
export function asInterrupted(outcome: AttemptOutcome, signal: AbortSignal): AttemptOutcome {
  const why: unknown = signal.reason;
  if (outcome.end !== 'run_aborted' || !(why instanceof SlotInterruption)) return outcome;
  return { ...outcome, end: why.end, reason: why.message };
}
