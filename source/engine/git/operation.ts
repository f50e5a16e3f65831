import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { shaSchema } from '../ids.js';
import type { Git } from './git.js';
import { changeRefs, listRefs } from './refs.js';
import type { Worktree } from './worktree.js';

/** What an operation leaves in the git directory while it lasts: the outer ones first, since a rebase picks and merges. */
const MARKS = [
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['rebase-merge', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
  // Between two picks or reverts there is no more than the list of those to come.
  ['sequencer', 'cherry-pick'],
] as const;

/** An operation that git leaves open for the user to go on with. */
export type Operation = (typeof MARKS)[number][1];

/** All that each may leave in the git directory. */
const STATE: Readonly<Record<Operation, readonly string[]>> = {
  am: ['rebase-apply'],
  rebase: ['rebase-apply', 'rebase-merge', 'REBASE_HEAD'],
  merge: ['MERGE_HEAD', 'MERGE_MODE', 'MERGE_MSG', 'AUTO_MERGE'],
  'cherry-pick': ['CHERRY_PICK_HEAD', 'sequencer', 'MERGE_MSG', 'AUTO_MERGE'],
  revert: ['REVERT_HEAD', 'sequencer', 'MERGE_MSG', 'AUTO_MERGE'],
  bisect: [
    'BISECT_LOG',
    'BISECT_NAMES',
    'BISECT_TERMS',
    'BISECT_RUN',
    'BISECT_HEAD',
    'BISECT_EXPECTED_REV',
    'BISECT_ANCESTORS_OK',
    'BISECT_FIRST_PARENT',
    'BISECT_START',
  ],
};

/** Where git keeps the changes that it put aside for an operation (`--autostash`), each with one object name. */
export const AUTOSTASHES = ['rebase-merge/autostash', 'rebase-apply/autostash', 'MERGE_AUTOSTASH'] as const;

/** The operation that is in progress in a git directory, or null. Starts no process. */
export async function operationInProgress(gitDir: string): Promise<Operation | null> {
  for (const [name, operation] of MARKS) {
    if (await exists(join(gitDir, name))) return operation;
  }
  return null;
}

/**
 * Leaves whatever operation is in progress, without touching files, index, branches or HEAD. Changes that git had put
 * aside for the operation are dropped rather than added to the stash, which is the user's: salvage has kept them.
 */
export async function quitOperation(git: Git, worktree: Worktree): Promise<void> {
  // A rebase may be stopped in a cherry-pick, so more than one may have to be left.
  for (let turn = 0; turn < MARKS.length; turn += 1) {
    const operation = await operationInProgress(worktree.git_dir);
    if (operation === null) return;
    for (const name of AUTOSTASHES) await rm(join(worktree.git_dir, name), { force: true });
    // Its only ending of git's own, `bisect reset`, would check out files.
    if (operation === 'bisect') await dropBisectRefs(git, worktree);
    else await git.ask(worktree.path, [operation, '--quit']);
    // Git cannot quit what a kill cut short, and may say that it did.
    for (const name of STATE[operation]) {
      await rm(join(worktree.git_dir, name), { recursive: true, force: true });
    }
  }
}

/** The refs under refs/bisect belong to the one worktree. */
async function dropBisectRefs(git: Git, worktree: Worktree): Promise<void> {
  const refs = await listRefs(git, worktree.path, ['refs/bisect']);
  await changeRefs(
    git,
    worktree.path,
    [...refs].map(([ref, at]) => ({ ref, old: shaSchema.parse(at), next: null })),
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
