import type { TaskId } from '../../engine/ids.js';
import type { FileQueue } from '../../engine/queue/file-queue.js';
import { requireTask } from '../../engine/queue/task-changes.js';
import type { ExitCode } from '../command.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { taskJson } from './task-json.js';
import { taskRows } from './task-rows.js';

/** Prints how a task stands after a change: its line of the list, or the task as JSON. */
export async function printTask(queue: FileQueue, id: TaskId, json: boolean | undefined): Promise<ExitCode> {
  const { tasks } = await queue.list();
  const task = requireTask(tasks, id);
  const now = new Date();
  if (json) printJson(taskJson(task, tasks, now));
  else printLines(taskRows([task], tasks, now));
  return 0;
}
