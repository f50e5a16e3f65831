import type { TaskId } from '../../source/engine/ids.js';
import type { FiledTask } from '../../source/engine/queue/file-queue.js';
import type { GitProject } from '../git-project.js';
import { queueOf } from './loop-run.js';

/** Files a task in the project's queue. */
export async function fileTask(
  project: GitProject,
  title: string,
  more: Partial<FiledTask> = {},
): Promise<TaskId> {
  return queueOf(project).create({ title, ...more });
}
