import type { TaskId } from '../ids.js';
import type { StoredTask } from './stored-task.js';

type Tasks = ReadonlyMap<TaskId, StoredTask>;

const byName = new Intl.Collator('en', { numeric: true });

/** The ids of what still blocks a task: blockers that are not closed, and such as name no task. Pure. */
export function openBlockers(task: StoredTask, tasks: ReadonlyMap<string, StoredTask>): readonly string[] {
  return task.dependencies
    .filter(({ type, depends_on_id }) => type === 'blocks' && tasks.get(depends_on_id)?.status !== 'closed')
    .map(({ depends_on_id }) => depends_on_id);
}

/** Whether a task is put off: by its status, or until a moment that has not come yet. Pure. */
export function isDeferred(task: StoredTask, now: Date): boolean {
  return (
    task.status === 'deferred' || (task.defer_until !== null && Date.parse(task.defer_until) > now.getTime())
  );
}

/** Tasks in the order in which the queue wants them taken: priority, then age, then id. Pure. */
export function inOrder(tasks: Iterable<StoredTask>): readonly StoredTask[] {
  // Times are parsed once a task, not once a comparison: with thousands of tasks that is most of the work.
  return [...tasks]
    .map((task) => ({ task, created: Date.parse(task.created_at) }))
    .sort(
      (a, b) =>
        a.task.priority - b.task.priority || a.created - b.created || compareIds(a.task.id, b.task.id),
    )
    .map(({ task }) => task);
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return byName.compare(a, b) || (a < b ? -1 : 1);
}

/** The ids of the tasks that can be claimed: open, nobody's, not deferred, not blocked; in the queue's order. Pure. */
export function readyTasks(tasks: Tasks, now: Date): readonly TaskId[] {
  const ready = [...tasks.values()].filter(
    (task) =>
      task.status === 'open' &&
      task.assignee === null &&
      !isDeferred(task, now) &&
      openBlockers(task, tasks).length === 0,
  );
  return inOrder(ready).map((task) => task.id);
}

/** When the next task that is put off comes back, as milliseconds of the epoch; infinity when none does. Pure. */
export function nextReturn(tasks: Tasks, now: Date): number {
  const times = [...tasks.values()].flatMap((task) =>
    task.defer_until === null ? [] : [Date.parse(task.defer_until)],
  );
  return times.reduce((next, time) => (time > now.getTime() ? Math.min(next, time) : next), Infinity);
}
