import type { TaskId } from './ids.js';
import { QueueError } from './ports.js';
import { salvageName } from './salvage-name.js';
import type { QueueContext } from './run-context.js';

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

/** Gives a claimed task back, open. A queue that cannot be written is told with what to do, and never throws. */
export async function giveBack(context: QueueContext, request: ReturnRequest): Promise<void> {
  const { task, note, failed, offered = false } = request;
  try {
    await context.queue.release(task, { note, ...(failed ? { labels: [FAILED_LABEL] } : {}) });
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    const text = `${task} could not be given back: ${error.message} Open it yourself: ${context.queue.commands.giveBack(task)}`;
    context.events.note({ type: 'notice', level: 'warning', text });
  }
  await context.events.record({ type: 'task.returned', task, note, failed, offered });
}

/** What the queue is told of the attempt that brings a task back. Pure. */
export function returnNote(
  { run }: Pick<QueueContext, 'run'>,
  ended: { readonly attempt: number; readonly reason: string; readonly salvage: string | null },
): string {
  const kept = ended.salvage ? ` The work is kept: hew loop salvage show ${salvageName(ended.salvage)}` : '';
  return `${run}, attempt ${ended.attempt}: ${ended.reason.replace(/\.$/, '')}.${kept}`;
}
