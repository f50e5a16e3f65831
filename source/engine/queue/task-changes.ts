import type { TaskId } from '../ids.js';
import { type ClaimResult, type CloseResult, QueueError } from '../ports.js';
import { blockingCycle } from './blocking-cycle.js';
import { isDeferred, openBlockers } from './readiness.js';
import type { StoredTask } from './stored-task.js';
import type { TaskFields } from './task-record.js';

type Tasks = ReadonlyMap<TaskId, StoredTask>;

/** What a request comes to: its answer, and the fields that it sets; null when nothing changes. */
export interface Decision<Answer> {
  readonly answer: Answer;
  readonly fields: TaskFields | null;
}

/** What `update` may set; what is left out stays. */
export interface TaskUpdate {
  readonly title?: string;
  readonly description?: string;
  readonly acceptance_criteria?: string;
  readonly priority?: number;
  readonly issue_type?: string;
  /** Any status but `closed`, which has rules of its own. */
  readonly status?: string;
  readonly assignee?: string | null;
  readonly add_labels?: readonly string[];
  readonly remove_labels?: readonly string[];
  readonly note?: string;
  readonly defer_until?: string | null;
}

const OPEN_AGAIN: TaskFields = { status: 'open', assignee: null, closed_at: null, close_reason: null };

/** Whether `actor` gets the task: open, nobody's, neither deferred nor blocked, or the actor's own already. Pure. */
export function decideClaim(tasks: Tasks, id: TaskId, actor: string, now: Date): Decision<ClaimResult> {
  const task = tasks.get(id);
  if (!task) return lost('nobody: there is no such task');
  if (task.status === 'in_progress' && task.assignee === actor)
    return { answer: { kind: 'claimed' }, fields: null };
  if (task.status !== 'open')
    return lost(task.status === 'in_progress' ? (task.assignee ?? task.status) : task.status);
  if (task.assignee !== null) return lost(task.assignee);
  if (isDeferred(task, now)) return lost(`nobody: deferred until ${task.defer_until}`);
  const blockers = openBlockers(task, tasks);
  if (blockers.length > 0) return lost(`nobody: blocked by ${blockers.join(', ')}`);
  return { answer: { kind: 'claimed' }, fields: { status: 'in_progress', assignee: actor } };
}

function lost(holder: string): Decision<ClaimResult> {
  return { answer: { kind: 'lost', holder }, fields: null };
}

/** Whether the task may be closed: it exists and, without `force`, nothing open blocks it. Closed stays closed. Pure. */
export function decideClose(
  tasks: Tasks,
  id: TaskId,
  close: { readonly reason: string; readonly force: boolean; readonly now: Date },
): Decision<CloseResult> {
  const task = tasks.get(id);
  if (!task) return refused(unknownTask(id));
  if (task.status === 'closed') return { answer: { kind: 'closed' }, fields: null };
  const blockers = openBlockers(task, tasks);
  if (blockers.length > 0 && !close.force) {
    return refused(
      `${id} is still blocked by ${blockers.join(', ')}. Close ${blockers.length > 1 ? 'those' : 'that'} first, or use --force.`,
    );
  }
  const fields = { status: 'closed', closed_at: close.now.toISOString(), close_reason: close.reason || null };
  return { answer: { kind: 'closed' }, fields };
}

function refused(message: string): Decision<CloseResult> {
  return { answer: { kind: 'refused', message }, fields: null };
}

/** The fields of a task that is given back. Pure. */
export function releaseFields(
  task: StoredTask,
  change: { readonly note?: string; readonly labels?: readonly string[] },
): TaskFields {
  return {
    ...OPEN_AGAIN,
    ...noteFields(task, change.note),
    labels: withLabels(task.labels, change.labels, []),
  };
}

/** The fields of a closed task that is opened again; of one that is not closed only the note changes. Pure. */
export function reopenFields(
  task: StoredTask,
  change: { readonly note?: string; readonly actor?: string },
): TaskFields | null {
  const note = noteFields(task, change.note);
  if (task.status !== 'closed') return change.note ? note : null;
  const claim = change.actor === undefined ? {} : { status: 'in_progress', assignee: change.actor };
  return { ...OPEN_AGAIN, ...claim, ...note };
}

/** The fields that an update sets. Throws a {@link QueueError} for the status `closed`. Pure. */
export function updateFields(task: StoredTask, update: TaskUpdate): TaskFields {
  const { add_labels, remove_labels, note, status, ...plain } = update;
  if (status === 'closed') {
    throw new QueueError(
      `An update does not close ${task.id}. Use \`hew task close ${task.id}\`, which checks its blockers.`,
    );
  }
  const opened =
    status !== undefined && task.status === 'closed' ? { closed_at: null, close_reason: null } : {};
  return {
    // What is set open is nobody's, or it could never be claimed; an assignee given with it comes after and wins.
    ...(status === undefined
      ? {}
      : status === 'open'
        ? { ...opened, status, assignee: null }
        : { ...opened, status }),
    ...plain,
    ...noteFields(task, note),
    ...(add_labels || remove_labels ? { labels: withLabels(task.labels, add_labels, remove_labels) } : {}),
  };
}

/** The dependencies of `id` when `blocker` blocks it, or null when it does already. Throws a {@link QueueError}. Pure. */
export function addBlocker(tasks: Tasks, id: TaskId, blocker: TaskId, now: Date): TaskFields | null {
  const task = requireTask(tasks, id);
  requireTask(tasks, blocker);
  if (id === blocker) throw new QueueError(`${id} cannot block itself.`);
  if (task.dependencies.some((dependency) => blocks(dependency, blocker))) return null;
  const cycle = blockingCycle(tasks, id, blocker);
  if (cycle) {
    throw new QueueError(
      `${blocker} cannot block ${id}: it waits for ${id} itself (${[id, ...cycle].join(' → ')}).\n` +
        `Remove one of these first: \`hew task dep remove <id> <blocker>\`.`,
    );
  }
  const dependency = { issue_id: id, depends_on_id: blocker, type: 'blocks', created_at: now.toISOString() };
  return { dependencies: [...task.dependencies, dependency] };
}

/** The dependencies of `id` without `blocker`. Throws a {@link QueueError} when it does not block. Pure. */
export function removeBlocker(task: StoredTask, blocker: TaskId): TaskFields {
  const dependencies = task.dependencies.filter((dependency) => !blocks(dependency, blocker));
  if (dependencies.length === task.dependencies.length) {
    throw new QueueError(
      `${blocker} does not block ${task.id}. \`hew task show ${task.id}\` tells what does.`,
    );
  }
  return { dependencies };
}

function blocks(dependency: StoredTask['dependencies'][number], blocker: TaskId): boolean {
  return dependency.type === 'blocks' && dependency.depends_on_id === blocker;
}

/** The task with this id. Throws a {@link QueueError} when there is none. */
export function requireTask(tasks: Tasks, id: TaskId): StoredTask {
  const task = tasks.get(id);
  if (!task) throw new QueueError(unknownTask(id));
  return task;
}

function unknownTask(id: TaskId): string {
  return `There is no task ${id}. \`hew task list --all\` lists all.`;
}

/** The notes of a task with one more; nothing when it is empty. Pure. */
export function noteFields(task: StoredTask, note: string | undefined): TaskFields {
  return note ? { notes: task.notes === '' ? note : `${task.notes}\n${note}` } : {};
}

function withLabels(
  labels: readonly string[],
  added: readonly string[] = [],
  removed: readonly string[] = [],
): readonly string[] {
  return [...new Set([...labels, ...added])].filter((label) => !removed.includes(label));
}
