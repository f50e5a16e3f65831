import { openBlockers } from '../../engine/queue/readiness.js';
import type { StoredTask } from '../../engine/queue/stored-task.js';
import { taskState } from './task-state.js';

/** A task as `--json` prints it: its fields, how it stands in words, and the ids of what still blocks it. */
export interface TaskJson extends StoredTask {
  readonly state: string;
  readonly blocked_by: readonly string[];
}

/** Adds to a task what follows from the rest of the queue. Pure. */
export function taskJson(task: StoredTask, tasks: ReadonlyMap<string, StoredTask>, now: Date): TaskJson {
  return { ...task, state: taskState(task, tasks, now), blocked_by: openBlockers(task, tasks) };
}
