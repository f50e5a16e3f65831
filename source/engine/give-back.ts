import { isClaimOf, type TaskId } from './ids.js';
import { QueueError } from './ports.js';
import { salvageName } from './salvage-name.js';
import type { QueueContext } from './run-context.js';
import { unlessQueueError } from './unless-queue-error.js';

/** The label that keeps a task from being taken again until a person has looked at it. */
export const FAILED_LABEL = 'hew-failed';

/** A task that goes back to the queue. */
export interface ReturnRequest {
  readonly task: TaskId;
  readonly note: string;
  /** It failed for good: it gets the label that keeps later runs from it. */
  readonly failed: boolean;
  /** Other slots of this run may take it at once; not so where nothing is said. */
  readonly offered?: boolean;
}

/**
 * Gives a claimed task back, open. Returns whether the queue has it; one that cannot be written is told and never throws:
 * it is asked again, see {@link giveBackAgain}.
 */
export async function giveBack(context: QueueContext, request: ReturnRequest): Promise<boolean> {
  const { task, note, failed, offered = false } = request;
  try {
    await context.queue.release(task, { note, ...(failed ? { labels: [FAILED_LABEL] } : {}) });
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    const { message } = error;
    const told = context.events.state.tasks.get(task)?.return_refused?.message;
    if (message !== told)
      await context.events.record({ type: 'task.return_refused', task, note, failed, offered, message });
    return false;
  }
  await context.events.record({ type: 'task.returned', task, note, failed, offered });
  return true;
}

/**
 * Gives back what the queue has not taken back before, as far as it is still the run's. Returns whether anything is
 * back; a queue that still cannot be used is no fault: the next time, or a person, does it.
 */
export async function giveBackAgain(context: QueueContext): Promise<boolean> {
  const { events, queue, run } = context;
  let returned = false;
  for (const { id: task, end, return_refused: refused } of events.state.tasks.values()) {
    if (refused === null) continue;
    const { note, failed, offered } = refused;
    const now = await queue.show(task).catch(unlessQueueError);
    if (now === undefined) break;
    // Whether its agent had closed it could not be seen when it ended.
    const isHeld = now && (isClaimOf(run, now) || (now.status === 'closed' && end === 'queue_failed'));
    if (isHeld) {
      if (!(await giveBack(context, { task, note, failed, offered }))) break;
    } else await events.record({ type: 'task.returned', task, note, failed, offered });
    returned = true;
  }
  return returned;
}

/** What the queue is told of the attempt that brings a task back. Pure. */
export function returnNote(
  { run }: Pick<QueueContext, 'run'>,
  ended: { readonly attempt: number; readonly reason: string; readonly salvage: string | null },
): string {
  const kept = ended.salvage ? ` The work is kept: hew loop salvage show ${salvageName(ended.salvage)}` : '';
  return `${run}, attempt ${ended.attempt}: ${ended.reason.replace(/\.$/, '')}.${kept}`;
}
