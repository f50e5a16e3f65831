import type { GitProject } from '../git-project.js';

/** The paths of a commit's tree, sorted. */
export async function filesIn(project: GitProject, revision: string): Promise<string[]> {
  const listed = await project.git('ls-tree', '-r', '-z', '--name-only', revision);
  return listed.split('\0').filter((path) => path !== '');
}
