import { type TaskId, taskIdSchema } from '../ids.js';
import type { StoredTask } from './stored-task.js';

const LONGEST_PREFIX = 40;
const LONGEST_KEY = 60;

/** The prefix of a project's task ids, made from its folder's name: `My App` gives `my-app`, `---` gives `task`. Pure. */
export function idPrefix(folderName: string): string {
  return slug(folderName, LONGEST_PREFIX) || 'task';
}

/** The key of a memory that was given none, made from its first words: `Use npm, not yarn` gives `use-npm-not-yarn`. Pure. */
export function memoryKey(text: string): string {
  return slug(text, LONGEST_KEY) || 'memory';
}

function slug(text: string, longest: number): string {
  const words = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return (words ?? []).join('-').slice(0, longest).replace(/-$/, '');
}

/**
 * The next free id with this prefix: one above the highest number in use. Ids that are only named as blockers are in
 * use too, so that a new task never becomes the blocker of one that waits for something else. Pure.
 */
export function nextTaskId(tasks: ReadonlyMap<TaskId, StoredTask>, prefix: string): TaskId {
  let highest = 0;
  const count = (id: string): void => {
    const digits = id.startsWith(`${prefix}-`) ? id.slice(prefix.length + 1) : '';
    // Longer numbers cannot be counted exactly; no queue comes to them by counting.
    if (/^\d{1,15}$/.test(digits)) highest = Math.max(highest, Number(digits));
  };
  for (const task of tasks.values()) {
    count(task.id);
    for (const dependency of task.dependencies) count(dependency.depends_on_id);
  }
  return taskIdSchema.parse(`${prefix}-${highest + 1}`);
}
