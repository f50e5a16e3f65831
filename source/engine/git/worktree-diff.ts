import type { Sha } from '../ids.js';
import type { Git } from './git.js';
import { copyIndex, withIndex } from './scratch-index.js';
import type { Worktree } from './worktree.js';

/** Whatever the user has configured, what is written is a diff that reads like any other. */
const PLAIN_DIFF = [
  'diff',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--find-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

/**
 * Writes to a file how the worktree's files, uncommitted and untracked ones too but not ignored ones, differ from a
 * commit. Its index, files and refs stay as they are; an agent may work in it meanwhile. The caller has asked isIntact.
 */
export async function writeWorktreeDiff(
  git: Git,
  worktree: Worktree,
  base: Sha,
  file: string,
): Promise<void> {
  await withIndex(worktree, async (index) => {
    await copyIndex(worktree, index);
    const env = { GIT_INDEX_FILE: index };
    // What cannot be added (a socket, a file that has gone since) is not in the diff, and no reason for not showing one.
    await git.ask(worktree.path, ['add', '--intent-to-add', '--ignore-errors', '--sparse', '--', '.'], {
      env,
    });
    await git.text(worktree.path, [...PLAIN_DIFF, `--output=${file}`, base, '--'], { env });
  });
}
