import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newRunId, type RunId } from '../../../source/engine/ids.js';
import { openProject, type Project } from '../../../source/engine/open-project.js';
import type { GitProject } from '../../git-project.js';

/** A worktree that a dead run has left, made by git as a run would. */
export interface LeftWorktree {
  readonly run: RunId;
  readonly path: string;
  readonly branch: string;
  git(...args: readonly string[]): Promise<string>;
}

/** How a worktree is left. */
export interface LeaveOptions {
  readonly run?: RunId;
  readonly worker?: number;
  /** The project of owner.json; null for an earlier hew, which wrote none. */
  readonly owner?: GitProject | null;
}

/** Makes a worktree under the project's hew home that no run is alive for. */
export async function leaveWorktree(project: GitProject, options: LeaveOptions = {}): Promise<LeftWorktree> {
  const { run = newRunId(new Date()), worker = 0, owner = project } = options;
  const folder = join(project.env['HEW_HOME'] ?? '', 'wt', run);
  await mkdir(folder, { recursive: true });
  const path = join(await realpath(folder), String(worker));
  const branch = `loop/${run}/w${worker}`;
  await project.git('worktree', 'add', '-q', '-b', branch, path);
  if (owner) {
    const text = { run_id: run, project: 'project', home: owner.path, common_dir: join(owner.path, '.git') };
    await writeFile(join(folder, 'owner.json'), JSON.stringify(text));
  }
  const git = (...args: readonly string[]): Promise<string> => project.git('-C', path, ...args);
  return { run, path, branch, git };
}

/** The run's run.json, with the fields that matter to the test. */
export async function writeRunRecord(project: GitProject, run: RunId, fields: object): Promise<void> {
  await project.write(join('.hew', 'loop', run, 'run.json'), JSON.stringify({ id: run, ...fields }));
}

/** The project as commands see it. */
export async function opened(project: GitProject): Promise<Project> {
  const found = await openProject({ cwd: project.path, env: project.env });
  if (found.kind === 'missing') throw new Error(found.problem);
  return found.project;
}
