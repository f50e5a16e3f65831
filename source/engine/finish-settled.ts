import { bringHome, isHome, removeLanded } from './bring-home.js';
import { closeAgain, tasksLeft } from './finish-run.js';
import type { QueueContext, Worker } from './run-context.js';
import { exitCode, type StopReason } from './stop.js';
import { summarise } from './summary.js';

/**
 * Ends a run that was cut and is settled, without going on with it: what has landed is cleared away, else trunk and
 * worktrees stay. The run was dead for `away_ms` milliseconds. Returns the exit code.
 */
export async function finishSettled(
  context: QueueContext,
  workers: readonly Worker[],
  away_ms: number,
): Promise<number> {
  const stop_reason = context.events.state.stopping ?? 'cancelled';
  await closeAgain(context);
  if (isHome(context) && !context.serial) await removeLanded(context, workers);
  return tellFinished(context, stop_reason, away_ms);
}

/**
 * Gives a run that was cut and is settled up: only a pure fast-forward is tried (LOOP.md §6). It was dead for `away_ms`
 * milliseconds. Returns the exit code.
 */
export async function giveUp(
  context: QueueContext,
  workers: readonly Worker[],
  away_ms: number,
): Promise<number> {
  await closeAgain(context);
  const { landing } = context.events.state;
  if (!context.serial) {
    const none = (): Promise<Worker> => Promise.reject(new Error('internal: a fast-forward needs no worker'));
    if (landing.kind === 'not_tried' || landing.kind === 'started') await bringHome(context, none, false);
    if (isHome(context)) await removeLanded(context, workers);
  }
  return tellFinished(context, 'cancelled', away_ms);
}

async function tellFinished(
  context: QueueContext,
  stop_reason: StopReason,
  away_ms: number,
): Promise<number> {
  const { events, clock } = context;
  const tasks_left = await tasksLeft(context);
  const { something_wrong } = summarise(events.state, clock.now());
  const exit_code = exitCode({ stop_reason, something_wrong, tasks_left: tasks_left > 0 });
  await events.record({ type: 'run.finished', stop_reason, exit_code, tasks_left, away_ms });
  return exit_code;
}
