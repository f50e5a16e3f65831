import { claimActor } from './ids.js';
import { giveBack } from './give-back.js';
import { QueueError, type Task } from './ports.js';
import type { RunContext, Worker } from './run-context.js';
import type { RunState } from './state.js';
import { unlessQueueError } from './unless-queue-error.js';
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
  /** It takes no further task; what it works on it finishes. */
  removed: boolean;
  /** Aborts with a SlotInterruption when the user ends what the slot does with its task. */
  interrupt: AbortController;
  /** Aborts when a slot that waits with its task is to look anew whether it must. */
  resumed: AbortController;
}

/** Whether a slot may be given a task. */
export function isFree({ task, removed }: Slot): boolean {
  return task === null && !removed;
}

/** A lane that has no task. */
export function newLane(slot: number, worker: Worker | null): Slot {
  return {
    slot,
    worker,
    task: null,
    starting: false,
    paused: false,
    removed: false,
    interrupt: new AbortController(),
    resumed: new AbortController(),
  };
}

/** The lanes of a run that begins or goes on, removed ones too; each has its worker where there is one already. */
export function makeSlots(known: RunState['slots'], workers: readonly Worker[]): Slot[] {
  return known.map(({ slot, removed }) => {
    const worker = workers.find((each) => each.slot === slot) ?? null;
    return { ...newLane(slot, worker), removed };
  });
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
  // What was filed and changed since belongs in the prompt; a queue that cannot be read just now is no reason to leave the task.
  const fresh = (await context.queue.show(task.id).catch(unlessQueueError)) ?? task;
  const end = await workOnTask(context, worker, fresh, guard, AbortSignal.any([context.aborted, signal]));
  if (!end.worker_usable) slot.worker = null;
  return end;
}

async function claim(context: RunContext, worker: Worker, task: Task): Promise<boolean> {
  const { events, queue, run } = context;
  const place = { slot: worker.slot, worker: worker.worker, task: task.id };
  await events.record({ type: 'task.claiming', ...place });
  const result = await queue.claim(task.id, claimActor(run, worker.worker)).catch(async (error: unknown) => {
    // Whether it took effect is not known: it is asked for once the queue answers again.
    if (error instanceof QueueError) await claimUnknown(context, task, error);
    throw error;
  });
  if (result.kind === 'lost') {
    events.note({ type: 'task.claim_lost', ...place, holder: result.holder });
    return false;
  }
  await events.record({ type: 'task.claimed', ...place, title: task.title, priority: task.priority });
  return true;
}

async function claimUnknown({ events, run }: RunContext, task: Task, { message }: QueueError): Promise<void> {
  const note = `Given back by ${run}, which was not told whether it had claimed it.`;
  const again = { note, failed: false, offered: true };
  await events.record({ type: 'task.return_refused', task: task.id, ...again, message });
}
