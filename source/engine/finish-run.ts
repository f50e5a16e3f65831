import { bringHome, isHome, removeLanded } from './bring-home.js';
import { closeTask } from './close-task.js';
import { giveBackAgain } from './give-back.js';
import { QueueError } from './ports.js';
import type { QueueContext, RunContext, Worker } from './run-context.js';
import { tasksLeftIn } from './schedule.js';
import type { Scheduler } from './scheduler.js';
import { exitCode } from './stop.js';
import type { Stop } from './stop-check.js';
import { summarise } from './summary.js';
import { createWorker } from './workers.js';

/** What is done when no slot works any more: what was refused is closed again, trunk lands, what is landed goes. */
export async function finishRun(
  context: RunContext,
  scheduler: Scheduler,
  stop: Stop,
  options: { readonly land: boolean },
): Promise<number> {
  const { events, serial, clock } = context;
  await closeAgain(context);
  await giveBackAgain(context);
  const workers = [...scheduler.workers];
  if (serial) await inPlace(context);
  else if (options.land) {
    const borrow = async (): Promise<Worker> => {
      const made = workers[0] ?? (await createWorker(context, scheduler.nextWorker(), 1));
      if (workers.length === 0) workers.push(made);
      return made;
    };
    await bringHome(context, borrow, stop.reason !== 'cancelled');
    if (isHome(context)) await removeLanded(context, workers);
  }
  const tasks_left = await tasksLeft(context);
  const { something_wrong } = summarise(events.state, clock.now());
  const exit_code = exitCode({ stop_reason: stop.reason, something_wrong, tasks_left: tasks_left > 0 });
  await events.record({ type: 'run.finished', stop_reason: stop.reason, exit_code, tasks_left });
  return exit_code;
}

/** Tasks whose work is in trunk and whose closing was refused are closed once more. */
export async function closeAgain(context: QueueContext): Promise<void> {
  for (const task of context.events.state.tasks.values()) {
    if (task.closed || task.close_refused === null) continue;
    await closeTask(context, {
      task: task.id,
      sha: task.sha ?? context.events.state.trunk ?? context.start.sha,
      how: task.end === 'empty' ? 'empty' : 'merged',
    });
  }
}

/** With one job every merged task is on the branch already. */
async function inPlace(context: RunContext): Promise<void> {
  const { events, start } = context;
  const to = events.state.trunk ?? start.sha;
  await events.record({ type: 'run.landed', branch: start.branch, from: start.sha, to, how: 'in_place' });
}

/** How many tasks the queue still has for agents; those that wait for a person do not count. */
export async function tasksLeft(context: QueueContext): Promise<number> {
  try {
    return tasksLeftIn(await context.queue.list(), context.settings.loop.epic);
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    context.events.note({ type: 'notice', level: 'warning', text: error.message });
    return 0;
  }
}
