import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { shaSchema, type Sha } from '../ids.js';
import type { Git } from './git.js';

/** A folder that hew works in, with what git said of it when it was made. */
export interface Worktree {
  readonly path: string;
  /** Its own git directory, absolute. */
  readonly git_dir: string;
  /** Its branch, without `refs/heads/`. */
  readonly branch: string;
}

/** Two processes make the checkout of a large tree bearable; more gain nothing (measured with 50,000 files). */
const PARALLEL_CHECKOUT = ['-c', 'checkout.workers=2'];

/**
 * Registers a worktree without its files. Two at once fail in git 2.39, so callers take turns; fill it with
 * {@link resetTo} outside of the turn.
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
  return { path, git_dir: gitDir, branch };
}

/** Whether git, started in the worktree, still finds the very repository that was recorded at its creation. */
export async function isIntact(git: Git, worktree: Worktree): Promise<boolean> {
  const folder = await stat(worktree.path).catch(() => null);
  if (!folder?.isDirectory()) return false;
  const answer = await git.ask(worktree.path, ['rev-parse', '--show-toplevel', '--absolute-git-dir']);
  return answer.exit_code === 0 && answer.stdout === `${worktree.path}\n${worktree.git_dir}\n`;
}

const OPERATIONS = [
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['BISECT_LOG', 'bisect'],
  ['sequencer', 'cherry-pick'],
] as const;

export type Operation = (typeof OPERATIONS)[number][1];

/** The operation that is in progress in a git directory, or null. */
export async function operationInProgress(gitDir: string): Promise<Operation | null> {
  for (const [name, operation] of OPERATIONS) {
    if (await exists(join(gitDir, name))) return operation;
  }
  return null;
}

/** Leaves whatever operation is in progress, without touching files or branches. */
export async function quitOperation(git: Git, worktree: Worktree): Promise<void> {
  // A rebase may be stopped in a cherry-pick, so more than one may have to be left.
  for (let turn = 0; turn < OPERATIONS.length; turn += 1) {
    const operation = await operationInProgress(worktree.git_dir);
    if (operation === null) return;
    if (operation === 'bisect') {
      for (const name of [
        'BISECT_LOG',
        'BISECT_START',
        'BISECT_NAMES',
        'BISECT_TERMS',
        'BISECT_EXPECTED_REV',
        'BISECT_ANCESTORS_OK',
      ]) {
        await rm(join(worktree.git_dir, name), { force: true });
      }
    } else {
      const answer = await git.ask(worktree.path, [operation, '--quit']);
      // git am shares rebase's folder and only its own --quit leaves it.
      if (answer.exit_code !== 0 && operation === 'rebase') await git.text(worktree.path, ['am', '--quit']);
    }
  }
}

/** Points HEAD at the branch, and branch, index and tracked files at the commit. The caller has asked {@link isIntact}. */
export async function resetTo(git: Git, worktree: Worktree, commit: Sha): Promise<void> {
  await git.text(worktree.path, ['symbolic-ref', 'HEAD', `refs/heads/${worktree.branch}`]);
  await git.text(worktree.path, [...PARALLEL_CHECKOUT, 'reset', '-q', '--hard', commit]);
}

/** Checks a commit out without any branch. Files that git does not know are removed, ignored ones stay. */
export async function detachAt(git: Git, worktree: Worktree, commit: Sha): Promise<void> {
  await git.text(worktree.path, ['update-ref', '--no-deref', 'HEAD', commit]);
  await git.text(worktree.path, [...PARALLEL_CHECKOUT, 'reset', '-q', '--hard', commit]);
  await clean(git, worktree);
}

/** Removes untracked files and folders, nested repositories included; ignored ones stay. */
export async function clean(git: Git, worktree: Worktree): Promise<void> {
  await git.text(worktree.path, ['clean', '-ffdq']);
}

/** Removes the worktree from disk and from git's list; its branch stays. The caller has asked {@link isIntact}. */
export async function removeWorktree(git: Git, home: string, worktree: Worktree): Promise<void> {
  await git.text(home, ['worktree', 'remove', '--force', '--force', '--', worktree.path]);
}

/** Lock files that a killed git left in the worktree's own git directory. Only when nothing of the set runs any more. */
export async function removeStaleLocks(worktree: Worktree): Promise<void> {
  for (const name of [
    'index.lock',
    'HEAD.lock',
    'ORIG_HEAD.lock',
    'config.worktree.lock',
    'FETCH_HEAD.lock',
  ]) {
    await rm(join(worktree.git_dir, name), { force: true });
  }
}

/** The commit that HEAD is at, whatever branch that is. */
export async function headOf(git: Git, path: string): Promise<Sha> {
  return shaSchema.parse(await git.text(path, ['rev-parse', '--verify', 'HEAD^{commit}']));
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
