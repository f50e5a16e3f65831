import { z } from 'zod';

/** How exactly an attempt ended. The rows of the table in docs/loop.md, told apart. */
export const attemptEndSchema = z.enum([
  'merged',
  'empty',
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
  'blocked',
  'conflict',
  'parked',
  'usage_limit',
  'rate_limit',
  'server',
  'authentication',
  'program_missing',
  'spawn_failed',
  'bad_request',
  'claim_lost',
  'queue_failed',
  'aborted',
  'skipped',
  'run_aborted',
  'interrupted',
]);
export type AttemptEnd = z.infer<typeof attemptEndSchema>;

/** What became of a task in a run, as far as its attempts tell; `stranded` is told by {@link fateOf} in summary.ts. */
export const fateSchema = z.enum(['merged', 'empty', 'conflicted', 'failed', 'stranded', 'open again']);
export type Fate = z.infer<typeof fateSchema>;

/** The outcome names of `iter-NNN.json`, shared with the earlier hew. */
export const iterationOutcomeSchema = z.enum(['closed', 'no_close', 'backpressure_fail', 'runtime_error']);
export type IterationOutcome = z.infer<typeof iterationOutcomeSchema>;

/** What the engine does about an attempt that has ended. */
export interface Consequence {
  /** Whether the attempt uses up one of the task's `--attempts`. */
  readonly counts: boolean;
  /** What becomes of the task in the queue. */
  readonly queue: 'close' | 'keep' | 'open' | 'open_as_failed' | 'block_by_bug' | 'leave';
  /** What the slot does now. */
  readonly next: 'next_task' | 'retry' | 'fresh_worker' | 'back_off';
  /** The fate that is told, or null while the task is tried again. */
  readonly fate: Fate | null;
}

/** Attempts that ended by the runtime's or the queue's fault do not count, but a task is given back after this many in a row. */
export const MAX_FAULTS = 5;

/** What is known of a task when its attempt ends. Counts include the attempt that has just ended. */
export interface AttemptHistory {
  /** Attempts that count, this one included if it does. */
  readonly counted: number;
  /** Attempts in a row that ended by a fault outside of them, this one included. */
  readonly faults: number;
  /** The most attempts a task gets (`--attempts`). */
  readonly attempts: number;
}

/** The table of docs/loop.md: what follows from how an attempt ended. Pure. */
export function consequenceOf(end: AttemptEnd, history: AttemptHistory): Consequence {
  switch (end) {
    case 'merged':
      return { counts: false, queue: 'close', next: 'next_task', fate: 'merged' };
    case 'empty':
      return { counts: false, queue: 'close', next: 'next_task', fate: 'empty' };
    case 'gate_red':
    case 'merged_gate_red':
    case 'no_closing_word':
    case 'foreign_change':
    case 'operation_in_progress':
    case 'base_lost':
    case 'setup_failed':
    case 'iteration_timeout':
    case 'iteration_budget':
    case 'stalled':
    case 'crashed':
    case 'killed':
    case 'unknown':
    case 'refusal':
    case 'prompt_too_long':
    case 'git_failed':
      return history.counted >= history.attempts
        ? { counts: true, queue: 'open_as_failed', next: 'next_task', fate: 'failed' }
        : { counts: true, queue: 'keep', next: 'retry', fate: null };
    case 'blocked':
      return { counts: false, queue: 'open_as_failed', next: 'next_task', fate: 'failed' };
    case 'conflict':
    case 'parked':
      return { counts: false, queue: 'block_by_bug', next: 'fresh_worker', fate: 'conflicted' };
    case 'usage_limit':
      return { counts: false, queue: 'open', next: 'back_off', fate: 'open again' };
    case 'rate_limit':
    case 'server':
    case 'authentication':
    case 'program_missing':
    case 'spawn_failed':
    case 'bad_request':
      return history.faults >= MAX_FAULTS
        ? { counts: false, queue: 'open', next: 'back_off', fate: 'failed' }
        : { counts: false, queue: 'open', next: 'back_off', fate: 'open again' };
    case 'queue_failed':
      return {
        counts: false,
        queue: 'open',
        next: 'next_task',
        fate: history.faults >= MAX_FAULTS ? 'failed' : 'open again',
      };
    case 'claim_lost':
      return { counts: false, queue: 'leave', next: 'next_task', fate: 'open again' };
    case 'aborted':
    case 'skipped':
    case 'run_aborted':
    // hew itself was ended in the middle of it.
    case 'interrupted':
      return { counts: false, queue: 'open', next: 'next_task', fate: 'open again' };
  }
}

/** Whether an attempt that ended so counts towards `--attempts` and the guard. */
export function countsAsAttempt(end: AttemptEnd): boolean {
  return consequenceOf(end, { counted: 0, faults: 0, attempts: 1 }).counts;
}

/** Whether the runtime, not the work, was at fault. */
export function isRuntimeFault(end: AttemptEnd): boolean {
  return consequenceOf(end, { counted: 0, faults: 0, attempts: 1 }).next === 'back_off';
}

/** Whether something outside of the attempt was at fault, so that its task may be tried again: the runtime, or the queue. */
export function isOutsideFault(end: AttemptEnd): boolean {
  return end === 'queue_failed' || isRuntimeFault(end);
}

/** The shared name under which `iter-NNN.json` records an end (LOOP.md §3). */
export function iterationOutcome(end: AttemptEnd): IterationOutcome {
  switch (end) {
    case 'merged':
    case 'empty':
      return 'closed';
    case 'gate_red':
    case 'merged_gate_red':
      return 'backpressure_fail';
    case 'crashed':
    case 'killed':
    case 'unknown':
    case 'stalled':
    case 'iteration_timeout':
    case 'iteration_budget':
    case 'prompt_too_long':
    case 'refusal':
    case 'setup_failed':
    case 'usage_limit':
    case 'rate_limit':
    case 'server':
    case 'authentication':
    case 'program_missing':
    case 'spawn_failed':
    case 'bad_request':
      return 'runtime_error';
    case 'git_failed':
    case 'no_closing_word':
    case 'foreign_change':
    case 'operation_in_progress':
    case 'base_lost':
    case 'blocked':
    case 'conflict':
    case 'parked':
    case 'queue_failed':
    case 'claim_lost':
    case 'aborted':
    case 'skipped':
    case 'run_aborted':
    case 'interrupted':
      return 'no_close';
  }
}
