import { createHash } from 'node:crypto';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { environments, localVariables } from '../../../source/engine/git/environment.js';
import { Git } from '../../../source/engine/git/git.js';
import { addWorktree, resetTo, type Worktree } from '../../../source/engine/git/worktree.js';
import { runIdSchema, type Sha, shaSchema, workerBranch } from '../../../source/engine/ids.js';
import type { GitProject } from '../../git-project.js';

/** The run of these tests. */
export const RUN = runIdSchema.parse('loop-20261122T101112Z-0123abcd');

const local = localVariables();

/** Git as hew starts it in a project; `inherited` is what the user's shell had beside the project's environment. */
export async function hewGit(
  project: Pick<GitProject, 'env' | 'folder'>,
  inherited: Readonly<Record<string, string>> = {},
): Promise<Git> {
  const { hew } = environments({
    inherited: { ...project.env, ...inherited },
    local_variables: await local,
    ceiling: join(project.folder, 'wt'),
    excludes_file: null,
    has_name: true,
    has_email: true,
  });
  return new Git(hew);
}

/** Git as an agent calls it: with hooks, and a failure is an answer. */
export async function agentGit(
  project: Pick<GitProject, 'env'>,
  cwd: string,
  ...args: readonly string[]
): Promise<{ exitCode: number | undefined; stdout: string }> {
  const { exitCode, stdout } = await execa('git', args, {
    cwd,
    env: { ...project.env, GIT_EDITOR: 'true' },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
  return { exitCode, stdout };
}

/** Runs a shell script in the project, which is far quicker than to start git again and again from here. */
export async function script(project: Pick<GitProject, 'env' | 'path'>, text: string): Promise<void> {
  await execa('sh', ['-ec', text], {
    cwd: project.path,
    env: project.env,
    extendEnv: false,
    stdin: 'ignore',
  });
}

/** The commit that a name stands for in the project. */
export async function shaOf(project: GitProject, name: string): Promise<Sha> {
  return shaSchema.parse(await project.git('rev-parse', `${name}^{commit}`));
}

/** A filled worktree of worker `worker`, at the project's HEAD. */
export async function makeWorktree(
  git: Git,
  project: GitProject,
  worker = 0,
): Promise<{ worktree: Worktree; base: Sha }> {
  const base = await shaOf(project, 'HEAD');
  const path = join(project.folder, 'wt', String(worker));
  const worktree = await addWorktree(git, project.path, path, workerBranch(RUN, worker), base);
  await resetTo(git, worktree, base);
  return { worktree, base };
}

/** Every file beneath a folder with its mode and a hash of its content; `.git` of its top is left out. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: [string, string][] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isDirectory() || name === '.git' || name.startsWith('.git/')) continue;
    const { mode } = await lstat(path);
    // Reading a pipe would wait for somebody to write.
    const read = entry.isSymbolicLink() ? readlink(path) : entry.isFile() ? readFile(path) : '';
    const content = await read;
    found.push([name, `${mode.toString(8)} ${createHash('sha256').update(content).digest('hex')}`]);
  }
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** All that hew must not touch while it only looks: files, index, HEAD and refs of a worktree. */
export async function pictureOf(project: GitProject, worktree: Worktree): Promise<unknown> {
  return {
    files: await filesOf(worktree.path),
    index: createHash('sha256')
      .update(await readFile(join(worktree.git_dir, 'index')))
      .digest('hex'),
    head: await readFile(join(worktree.git_dir, 'HEAD'), 'utf8'),
    refs: await project.git('for-each-ref'),
  };
}
