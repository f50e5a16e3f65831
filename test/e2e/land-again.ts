import type { Landing } from '../../source/engine/state.js';
import { landRun } from '../../source/engine/land-run.js';
import type { GitProject } from '../git-project.js';
import { hastyClock } from './loop-run.js';

/** What `hew loop land` does in the project, and how it ended; throws the problem when it was refused. */
export async function landAgain(project: GitProject, run: string | null = null): Promise<Landing> {
  const { path: cwd, env } = project;
  const aborted = new AbortController().signal;
  const result = await landRun({ cwd, env, clock: hastyClock, run, aborted }, () => {});
  if (result.kind === 'refused') throw new Error(result.problem);
  return result.state.landing;
}
