import { type AgentAttempt, type Attempt, attemptPlace } from './attempt.js';
import { closeTask } from './close-task.js';
import { GitError } from './git/git.js';
import { giveBack, returnNote } from './give-back.js';
import type { Sha } from './ids.js';
import { modelFor } from './model-choice.js';
import { consequenceOf, countsAsAttempt, type AttemptEnd, type Consequence } from './outcome.js';
import { parkWorker } from './park-worker.js';
import { NO_TOKENS, QueueError, type Task } from './ports.js';
import type { PreviousAttempt } from './prompt.js';
import { faultsAfter } from './reduce-iteration.js';
import { rememberRedGate } from './remember-red-gate.js';
import { asInterrupted } from './slot-interruption.js';
import { type AttemptOutcome, NOTHING_DONE, runAttempt } from './run-attempt.js';
import type { RunContext, Worker } from './run-context.js';
import { settleWork } from './settle-work.js';

/** What a slot must know when it is done with a task. */
export interface TaskEnd {
  /** Whether the worker can take another task; if not it stays on disk and the slot goes on with a fresh one. */
  readonly worker_usable: boolean;
  /** Home is not as hew left it: with one job nothing more may be done. */
  readonly home_problem: string | null;
}

/** What the run is told of an attempt that has ended. */
export interface EndedAttempt {
  readonly end: AttemptEnd;
  readonly runtime: string;
  readonly reason: string;
  /** When a usage limit is said to end. */
  readonly resets_at: string | null;
}

/** What the run tells a slot between two attempts. */
export interface AttemptGuard {
  /** Told of every attempt that has ended, before the next one begins. */
  attemptEnded(worker: Worker, ended: EndedAttempt): Promise<void>;
  /** Resolves when the worker's slot is not paused and has a runtime to be used, or when the run is to stop. */
  untilReady(worker: Worker): Promise<void>;
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
  const earlier: PreviousAttempt[] = [...(context.earlier.get(task.id) ?? [])];
  for (;;) {
    const attempt = nextAttempt(context, worker, task, signal);
    const finished: FinishedAttempt = await attemptOnce(context, attempt, earlier);
    const { end, reason: why } = finished.outcome;
    await guard.attemptEnded(worker, {
      end,
      runtime: attempt.agent.runtime,
      reason: why ?? end,
      resets_at: finished.outcome.agent?.failure?.resets_at ?? null,
    });
    if (finished.consequence.next !== 'retry') return finished.task_end;
    const { reason, tail, files } = finished.outcome;
    earlier.push({
      attempt: attempt.attempt,
      how: 'failed',
      reason: reason ?? '',
      files,
      tail,
      salvage: finished.salvage,
    });
    await guard.untilReady(worker);
    if (!finished.worker_usable || (await guard.mustStop(worker))) {
      const offered = isRemoved(context, worker);
      // The slot that takes it next goes on from what this one has seen.
      if (offered) context.earlier.set(task.id, earlier);
      const why = offered ? 'whose slot was removed' : 'which goes on no further with it';
      const note = `Given back by ${context.run}, ${why}. Attempt ${attempt.attempt}: ${finished.outcome.reason}`;
      await giveBack(context, { task: task.id, note, failed: false, offered });
      return finished.task_end;
    }
  }
}

function isRemoved({ events }: RunContext, worker: Worker): boolean {
  return events.state.slots.some(({ slot, removed }) => slot === worker.slot && removed);
}

function nextAttempt(context: RunContext, worker: Worker, task: Task, signal: AbortSignal): AgentAttempt {
  const { state } = context.events;
  const counted = state.tasks.get(task.id)?.counted ?? 0;
  worker.iterations += 1;
  const base: Sha = state.trunk ?? context.start.sha;
  const { agent, cooldown_engaged } = context.runtimes.begin(worker.slot);
  const model = modelOf(context, task, agent.runtime);
  const iteration = worker.iterations;
  return { worker, task, attempt: counted + 1, iteration, base, agent, model, cooldown_engaged, signal };
}

/** What tasks and rules call a model is a name of the run's first runtime: no other is asked for it. */
function modelOf({ settings }: RunContext, task: Task, runtime: string): string | null {
  const { runtimes, models } = settings.loop;
  return runtime === runtimes[0] ? modelFor(task, models) : null;
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
  attempt: AgentAttempt,
  earlier: readonly PreviousAttempt[],
): Promise<FinishedAttempt> {
  const { events, clock } = context;
  const { task } = attempt;
  const started = clock.now();
  const before = events.state.tasks.get(task.id);
  const ended = await guarded(() => runAttempt(context, attempt, earlier));
  const ran = asInterrupted(ended, attempt.signal);
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
    runtime: attempt.agent.runtime,
    model: outcome.agent?.model ?? null,
    duration_ms: Math.max(0, clock.now().getTime() - started.getTime()),
    salvage: settled.salvage,
    files: [...outcome.files],
  });
  await returnTask(context, attempt, outcome, consequence, settled.salvage);
  await rememberRedGate(context, attempt, outcome.end);
  const task_end = {
    worker_usable: settled.worker_usable,
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
    if (error instanceof QueueError) return { ...NOTHING_DONE, end: 'queue_failed', reason: error.message };
    if (error instanceof GitError) return { ...NOTHING_DONE, end: 'git_failed', reason: error.message };
    throw error;
  }
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
