import { isDeferred, openBlockers } from '../../engine/queue/readiness.js';
import type { StoredTask } from '../../engine/queue/stored-task.js';

/** How a task stands, in words: `ready`, `blocked by app-1`, `claimed by …`, `deferred until …`, `closed`. Pure. */
export function taskState(task: StoredTask, tasks: ReadonlyMap<string, StoredTask>, now: Date): string {
  if (task.status === 'closed') return 'closed';
  if (task.status === 'in_progress')
    return task.assignee === null ? 'in progress' : `claimed by ${task.assignee}`;
  if (isDeferred(task, now))
    return task.defer_until === null ? 'deferred' : `deferred until ${task.defer_until}`;
  const blockers = openBlockers(task, tasks);
  if (blockers.length > 0) return `blocked by ${blockers.join(', ')}`;
  if (task.status !== 'open') return task.status;
  return task.assignee === null ? 'ready' : `assigned to ${task.assignee}`;
}
