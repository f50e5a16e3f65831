import type { Sha, TaskId } from './ids.js';
import { QueueError } from './ports.js';
import type { QueueContext } from './run-context.js';

/** A task whose work is done, and what its closing is to say. */
export interface CloseRequest {
  readonly task: TaskId;
  /** The merge that holds its work, or the commit that had nothing to add. */
  readonly sha: Sha;
  readonly how: 'merged' | 'empty';
}

/**
 * Closes a task whose work is in trunk, by force where the queue refuses and can be forced. Returns whether it is
 * closed; a refusal is told and never throws: it is tried again at the end of the run.
 */
export async function closeTask(context: QueueContext, request: CloseRequest): Promise<boolean> {
  const { task, sha, how } = request;
  const reason =
    how === 'merged' ? `Merged as ${sha} by ${context.run}` : `Nothing to change on ${sha}, ${context.run}`;
  const refusal = await refusalOf(context, task, reason);
  if (refusal === null) {
    await context.events.record({ type: 'task.closed', task, sha, how });
    return true;
  }
  await context.events.record({ type: 'task.close_refused', task, sha, message: refusal });
  return false;
}

async function refusalOf(context: QueueContext, task: TaskId, reason: string): Promise<string | null> {
  try {
    const asked = await context.queue.close(task, reason);
    if (asked.kind === 'closed') return null;
    const forced = await context.queue.close(task, reason, { force: true });
    return forced.kind === 'closed' ? null : forced.message;
  } catch (error) {
    if (error instanceof QueueError) return error.message;
    throw error;
  }
}
