import { type Attempt, attemptPlace } from './attempt.js';
import { closeTask } from './close-task.js';
import { GitError } from './git/git.js';
import { giveBack, returnNote } from './give-back.js';
import type { Sha } from './ids.js';
import { keepWork } from './keep-work.js';
import { consequenceOf, countsAsAttempt, type AttemptEnd, type Consequence } from './outcome.js';
import { parkWorker } from './park-worker.js';
import { NO_TOKENS, QueueError, type Task } from './ports.js';
import type { PreviousAttempt } from './prompt.js';
import { faultsAfter } from './reduce-iteration.js';
import { restoreHome } from './restore-home.js';
import { type AttemptOutcome, NOTHING_DONE, runAttempt } from './run-attempt.js';
import type { RunContext, Worker } from './run-context.js';

/** What a slot must know when it is done with a task. */
export interface TaskEnd {
  readonly end: AttemptEnd;
  readonly reason: string | null;
  /** Whether the worker can take another task; if not it stays on disk and the slot goes on with a fresh one. */
  readonly worker_usable: boolean;
  /** When a usage limit is said to end. */
  readonly resets_at: string | null;
  /** Home is not as hew left it: with one job nothing more may be done. */
  readonly home_problem: string | null;
}

/** What the run tells a slot between two attempts. */
export interface AttemptGuard {
  /** Told of every attempt that has ended, before the next one begins. */
  attemptEnded(worker: Worker, end: AttemptEnd): Promise<void>;
  /** Resolves when the worker's slot is not paused, or when the run is to stop. */
  whilePaused(worker: Worker): Promise<void>;
  /** Whether no further attempt may begin. */
  mustStop(worker: Worker): Promise<boolean>;
}

/** Works on a claimed task until it is done, has failed, or must be left (LOOP.md §3). */
export async function workOnTask(
  context: RunContext,
  worker: Worker,
  task: Task,
  guard: AttemptGuard,
  signal: AbortSignal,
): Promise<TaskEnd> {
  let previous: PreviousAttempt | null = null;
  for (;;) {
    const attempt = nextAttempt(context, worker, task, signal);
    const finished: FinishedAttempt = await attemptOnce(context, attempt, previous);
    await guard.attemptEnded(worker, finished.outcome.end);
    if (finished.consequence.next !== 'retry') return finished.task_end;
    await guard.whilePaused(worker);
    if (!finished.worker_usable || (await guard.mustStop(worker))) {
      const note = `Given back by ${context.run}, which goes on no further with it. Attempt ${attempt.attempt}: ${finished.outcome.reason}`;
      await giveBack(context, { task: task.id, note, failed: false });
      return finished.task_end;
    }
    const { reason, tail } = finished.outcome;
    previous = { attempt: attempt.attempt, reason: reason ?? '', tail, salvage: finished.salvage };
  }
}

function nextAttempt(context: RunContext, worker: Worker, task: Task, signal: AbortSignal): Attempt {
  const { state } = context.events;
  const counted = state.tasks.get(task.id)?.counted ?? 0;
  worker.iterations += 1;
  const base: Sha = state.trunk ?? context.start.sha;
  return { worker, task, attempt: counted + 1, iteration: worker.iterations, base, signal };
}

interface FinishedAttempt {
  readonly outcome: AttemptOutcome;
  readonly consequence: Consequence;
  readonly salvage: string | null;
  readonly worker_usable: boolean;
  readonly task_end: TaskEnd;
}

async function attemptOnce(
  context: RunContext,
  attempt: Attempt,
  previous: PreviousAttempt | null,
): Promise<FinishedAttempt> {
  const { events, clock } = context;
  const { task } = attempt;
  const started = clock.now();
  const before = events.state.tasks.get(task.id);
  const ran = await guarded(() => runAttempt(context, attempt, previous));
  const settled = await settleWork(context, attempt, ran);
  const { outcome } = settled;
  const ruled = consequenceOf(outcome.end, {
    counted: (before?.counted ?? 0) + (countsAsAttempt(outcome.end) ? 1 : 0),
    faults: faultsAfter(before?.faults ?? 0, outcome.end),
    attempts: context.settings.loop.attempts,
  });
  const consequence = context.serial ? inHome(ruled) : ruled;
  await settleTask(context, attempt, outcome, consequence);
  context.files.tell(attempt.worker.worker, {
    decisions: outcome.agent?.decisions ?? [],
    deferred: outcome.agent?.deferred ?? [],
    tool_calls: outcome.agent?.tool_calls ?? [],
    stderr_tail: outcome.agent?.stderr_tail ?? '',
    sha: outcome.sha,
  });
  await events.record({
    type: 'iteration.finished',
    ...attemptPlace(attempt),
    end: outcome.end,
    counted: consequence.counts,
    fate: consequence.fate,
    reason: outcome.reason,
    tokens: outcome.agent?.tokens ?? NO_TOKENS,
    cost_usd: outcome.agent ? outcome.agent.cost_usd : 0,
    runtime: context.agent.runtime,
    model: outcome.agent?.model ?? null,
    duration_ms: Math.max(0, clock.now().getTime() - started.getTime()),
    salvage: settled.salvage,
    files: [...outcome.files],
  });
  await returnTask(context, attempt, outcome, consequence, settled.salvage);
  const task_end = {
    end: outcome.end,
    reason: outcome.reason,
    worker_usable: settled.worker_usable,
    resets_at: outcome.agent?.failure?.resets_at ?? null,
    home_problem: settled.home_problem,
  };
  return { outcome, consequence, salvage: settled.salvage, worker_usable: settled.worker_usable, task_end };
}

/** With one job nothing can be parked: the task goes back, and the run stops and touches nothing (LOOP.md §9). */
function inHome(ruled: Consequence): Consequence {
  return ruled.queue === 'block_by_bug' ? { ...ruled, queue: 'open', fate: 'open again' } : ruled;
}

/** What git or the queue could not do ends the attempt, not the run: the work is still there to be salvaged. */
async function guarded(run: () => Promise<AttemptOutcome>): Promise<AttemptOutcome> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GitError || error instanceof QueueError)) throw error;
    return { ...NOTHING_DONE, end: 'crashed', reason: error.message };
  }
}

interface SettledWork {
  readonly outcome: AttemptOutcome;
  readonly salvage: string | null;
  readonly worker_usable: boolean;
  readonly home_problem: string | null;
}

/** Sees to it that no work of the attempt can be lost, whatever it ended as. */
async function settleWork(
  context: RunContext,
  attempt: Attempt,
  outcome: AttemptOutcome,
): Promise<SettledWork> {
  const { worker, task, base } = attempt;
  const settled = { outcome, salvage: null, worker_usable: true, home_problem: null };
  if (outcome.end === 'merged') {
    worker.unsaved = false;
    return settled;
  }
  if (outcome.end === 'conflict' || outcome.end === 'parked') {
    return { ...settled, worker_usable: false, home_problem: context.serial ? outcome.reason : null };
  }
  if (!worker.unsaved) return settled;
  const reason = outcome.reason ?? outcome.end;
  const kept = await keepWork(context, {
    worker,
    task: task.id,
    attempt: attempt.attempt,
    base,
    reason,
    result: outcome.result,
  }).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    return { kind: 'cannot', reason: error.message } as const;
  });
  if (kept.kind === 'kept') {
    if (!context.serial) return { ...settled, salvage: kept.ref };
    const home_problem = await restoreHome(context, attempt, outcome.result);
    return { ...settled, salvage: kept.ref, home_problem, worker_usable: home_problem === null };
  }
  // What git cannot hold must not be worked over: however the attempt ended, only a person can tell what becomes of it.
  const parked = { ...outcome, end: 'parked', reason: `${reason}; ${kept.reason}` } as const;
  return {
    ...settled,
    outcome: parked,
    worker_usable: false,
    home_problem: context.serial ? kept.reason : null,
  };
}

/** What must be done for the task before its attempt is told as ended: close it, or file what blocks it. */
async function settleTask(
  context: RunContext,
  attempt: Attempt,
  outcome: AttemptOutcome,
  consequence: Consequence,
): Promise<void> {
  switch (consequence.queue) {
    case 'close': {
      const sha = outcome.sha ?? attempt.base;
      const how = outcome.end === 'empty' ? 'empty' : 'merged';
      await context.events.record({ type: 'task.closing', ...attemptPlace(attempt), sha });
      await closeTask(context, { task: attempt.task.id, sha, how });
      return;
    }
    case 'block_by_bug':
      await parkWorker(context, attempt, outcome);
      return;
    case 'keep':
    case 'open':
    case 'open_as_failed':
    case 'leave':
      return;
  }
}

/** Gives the task back where it is not kept. */
async function returnTask(
  context: RunContext,
  attempt: Attempt,
  outcome: AttemptOutcome,
  consequence: Consequence,
  salvage: string | null,
): Promise<void> {
  const failed = consequence.queue === 'open_as_failed';
  if (!failed && consequence.queue !== 'open') return;
  const reason = outcome.reason ?? outcome.end;
  const note = returnNote(context, { attempt: attempt.attempt, reason, salvage });
  await giveBack(context, { task: attempt.task.id, note, failed });
}
