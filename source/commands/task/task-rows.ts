import stringWidth from 'string-width';
import { plainText } from '../../engine/plain-text.js';
import type { StoredTask } from '../../engine/queue/stored-task.js';
import { taskState } from './task-state.js';

/** One line a task, in columns: id, priority, state, title, and what else tells it apart. Pure. */
export function taskRows(
  shown: readonly StoredTask[],
  tasks: ReadonlyMap<string, StoredTask>,
  now: Date,
): readonly string[] {
  const cells = shown.map((task) => [task.id, `P${task.priority}`, plainText(taskState(task, tasks, now))]);
  const widths = [0, 1, 2].map((column) =>
    Math.max(0, ...cells.map((row) => stringWidth(row[column] ?? ''))),
  );
  return shown.map((task, index) => {
    const columns = (cells[index] ?? []).map(
      (cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)),
    );
    return [...columns, task.title, ...marks(task)].join('  ');
  });
}

function marks(task: StoredTask): readonly string[] {
  const type = task.issue_type === 'task' ? [] : [task.issue_type];
  const all = [...type, ...(task.pinned ? ['pinned'] : []), ...task.labels.map((label) => `#${label}`)];
  return all.length === 0 ? [] : [`(${all.join(' ')})`];
}
