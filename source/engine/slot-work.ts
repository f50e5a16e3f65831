import { claimActor } from './ids.js';
import { giveBack } from './give-back.js';
import { QueueError, type Task } from './ports.js';
import type { RunContext, Worker } from './run-context.js';
import { type AttemptGuard, type TaskEnd, workOnTask } from './work-on-task.js';
import { createWorker } from './workers.js';

/** One of the run's lanes, as the scheduler sees it. */
export interface Slot {
  readonly slot: number;
  /** Null until its first task, and after a worker was parked. */
  worker: Worker | null;
  /** The task that it has been given; null while it is free. */
  task: Task | null;
  /** It has been given a task and has not started an iteration of it yet. */
  starting: boolean;
  paused: boolean;
  /** Aborts with a SlotInterruption when the user ends what the slot does with its task. */
  interrupt: AbortController;
  /** Aborts when a paused slot is to go on. */
  resumed: AbortController;
}

/** The lanes of a run that begins; each has its worker where there is one already. */
export function makeSlots(jobs: number, workers: readonly Worker[]): readonly Slot[] {
  return Array.from({ length: jobs }, (_, index) => ({
    slot: index + 1,
    worker: workers.find(({ slot }) => slot === index + 1) ?? null,
    task: null,
    starting: false,
    paused: false,
    interrupt: new AbortController(),
    resumed: new AbortController(),
  }));
}

/** Claims a task for the slot and works on it to its end; null when somebody else has it. */
export async function takeTask(
  context: RunContext,
  slot: Slot,
  task: Task,
  nextWorker: () => number,
  guard: AttemptGuard,
): Promise<TaskEnd | null> {
  slot.interrupt = new AbortController();
  const { signal } = slot.interrupt;
  const worker = slot.worker ?? (await createWorker(context, nextWorker(), slot.slot));
  slot.worker = worker;
  if (!(await claim(context, worker, task))) return null;
  if (await guard.mustStop(worker)) {
    const why = signal.aborted ? 'as the user wished' : 'which is stopping';
    const note = `Given back by ${context.run}, ${why}.`;
    await giveBack(context, { task: task.id, note, failed: false });
    return null;
  }
  // What was filed and changed since the listing was made belongs in the prompt.
  const fresh = (await context.queue.show(task.id).catch(unlessQueueError)) ?? task;
  const end = await workOnTask(context, worker, fresh, guard, AbortSignal.any([context.aborted, signal]));
  if (!end.worker_usable) slot.worker = null;
  return end;
}

async function claim(context: RunContext, worker: Worker, task: Task): Promise<boolean> {
  const { events, queue, run } = context;
  const place = { slot: worker.slot, worker: worker.worker, task: task.id };
  await events.record({ type: 'task.claiming', ...place });
  const result = await queue.claim(task.id, claimActor(run, worker.worker));
  if (result.kind === 'lost') {
    events.note({ type: 'task.claim_lost', ...place, holder: result.holder });
    return false;
  }
  await events.record({ type: 'task.claimed', ...place, title: task.title, priority: task.priority });
  return true;
}

/** A queue that cannot be read just now is no reason to leave a task that is claimed. */
function unlessQueueError(error: unknown): null {
  if (error instanceof QueueError) return null;
  throw error;
}
