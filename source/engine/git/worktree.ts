import { readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { shaSchema, type Sha } from '../ids.js';
import type { Git } from './git.js';

/** A folder that hew works in, with what git said of it when it was made. */
export interface Worktree {
  readonly path: string;
  /** Its own git directory, absolute: for a linked worktree the one under `worktrees/` of the common directory. */
  readonly git_dir: string;
  /** Its branch, without `refs/heads/`. */
  readonly branch: string;
}

/** Two processes make the checkout of a large tree bearable; more gain nothing (measured with 50,000 files). */
const PARALLEL_CHECKOUT = ['-c', 'checkout.workers=2'];

const CLEAN_COMMAND = ['clean', '-ffdq'];

/**
 * Registers a worktree without its files, on a new branch at `base`. Two at once fail in git 2.39, so callers take
 * turns; fill it with {@link resetTo} outside of the turn. Throws when path or branch exist.
 */
export async function addWorktree(
  git: Git,
  home: string,
  path: string,
  branch: string,
  base: Sha,
): Promise<Worktree> {
  await git.text(home, [
    'worktree',
    'add',
    '-q',
    '--no-track',
    '--no-checkout',
    '-b',
    branch,
    '--',
    path,
    base,
  ]);
  const gitDir = await git.text(path, ['rev-parse', '--absolute-git-dir']);
  // As git names it, which is without links: isIntact compares the two.
  return { path: await realpath(path), git_dir: gitDir, branch };
}

/** Asks git which repository it finds; {@link identityOf} is the answer in an intact worktree. */
export const IDENTITY_COMMAND: readonly string[] = ['rev-parse', '--show-toplevel', '--absolute-git-dir'];

/** What {@link IDENTITY_COMMAND} prints in a worktree that is as it was made. Pure. */
export function identityOf(worktree: Worktree): string {
  return `${worktree.path}\n${worktree.git_dir}\n`;
}

/** Whether git, started in the worktree, still finds the very repository that was recorded at its creation. */
export async function isIntact(git: Git, worktree: Worktree): Promise<boolean> {
  const folder = await stat(worktree.path).catch(() => null);
  if (!folder?.isDirectory()) return false;
  const answer = await git.ask(worktree.path, IDENTITY_COMMAND);
  return answer.exit_code === 0 && answer.stdout === identityOf(worktree);
}

export { operationInProgress, quitOperation } from './operation.js';

/**
 * Points HEAD at the branch, and branch, index and tracked files at the commit, wherever HEAD was and whether or not the
 * branch still exists. Untracked files stay, but for those in the way. The caller has asked {@link isIntact}.
 */
export async function resetTo(git: Git, worktree: Worktree, commit: Sha): Promise<void> {
  await git.text(worktree.path, resetCommand(worktree, commit));
}

/** {@link resetTo}, and {@link clean}. */
export async function resetAndClean(git: Git, worktree: Worktree, commit: Sha): Promise<void> {
  await git.outputs(worktree.path, [resetCommand(worktree, commit), CLEAN_COMMAND]);
}

function resetCommand(worktree: Worktree, commit: Sha): string[] {
  // An agent of another worktree may have taken the branch with --ignore-other-worktrees too: it is still this one's.
  const branch = ['--no-track', '--ignore-other-worktrees', '-B', worktree.branch, commit];
  return [...PARALLEL_CHECKOUT, 'checkout', '--force', '-q', ...branch];
}

/** Checks a commit out without any branch. Files that git does not know are removed, ignored ones stay. */
export async function detachAt(git: Git, worktree: Worktree, commit: Sha): Promise<void> {
  const checkout = [...PARALLEL_CHECKOUT, 'checkout', '--force', '-q', '--detach', commit];
  await git.outputs(worktree.path, [checkout, CLEAN_COMMAND]);
}

/** Removes untracked files and folders, nested repositories included; ignored ones stay. */
export async function clean(git: Git, worktree: Worktree): Promise<void> {
  await git.text(worktree.path, CLEAN_COMMAND);
}

/** Removes the worktree from disk and from git's list; its branch stays. The caller has asked {@link isIntact}. */
export async function removeWorktree(
  git: Git,
  home: string,
  worktree: Pick<Worktree, 'path'>,
): Promise<void> {
  await git.text(home, ['worktree', 'remove', '--force', '--force', '--', worktree.path]);
}

/**
 * Removes the lock files that a killed git left: those in the worktree's own git directory and that of its branch. Only
 * when nothing of the set runs any more. In a main worktree the git directory is shared, so only what is HEAD's and the
 * index's goes.
 */
export async function removeStaleLocks(worktree: Worktree): Promise<void> {
  const common = await commonDirOf(worktree.git_dir);
  const locks =
    common === null
      ? ['index.lock', 'HEAD.lock', 'ORIG_HEAD.lock', 'config.worktree.lock', 'FETCH_HEAD.lock']
      : (await readdir(worktree.git_dir)).filter((name) => name.endsWith('.lock'));
  const paths = locks.map((name) => join(worktree.git_dir, name));
  if (common !== null) paths.push(join(common, 'refs/heads', `${worktree.branch}.lock`));
  for (const path of paths) await rm(path, { force: true });
}

/** The directory that a linked worktree shares with the others, or null for a main worktree. */
async function commonDirOf(gitDir: string): Promise<string | null> {
  try {
    return resolve(gitDir, (await readFile(join(gitDir, 'commondir'), 'utf8')).trimEnd());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The commit that HEAD is at, whatever branch that is. */
export async function headOf(git: Git, path: string): Promise<Sha> {
  return shaSchema.parse(await git.text(path, ['rev-parse', '--verify', 'HEAD^{commit}']));
}
