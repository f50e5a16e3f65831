import type { TaskId } from '../../source/engine/ids.js';
import type { GitProject } from '../git-project.js';
import { fileTasks } from './loop-run.js';

/** Files a task for each title, in order. */
export async function fileTitled<const Titles extends readonly string[]>(
  project: GitProject,
  ...titles: Titles
): Promise<{ readonly [Index in keyof Titles]: TaskId }> {
  const ids = await fileTasks(project, ...titles.map((title) => ({ title })));
  return ids as { readonly [Index in keyof Titles]: TaskId };
}
