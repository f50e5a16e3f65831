import type { Attempt } from './attempt.js';
import { isAncestor } from './git/merge.js';
import { readStatus } from './git/status.js';
import { headOf, operationInProgress, quitOperation, resetAndClean } from './git/worktree.js';
import type { Sha } from './ids.js';
import type { RunContext } from './run-context.js';

/**
 * With one job: takes a failed and salvaged attempt out of home again. Only while the branch is where the attempt left
 * it; else nothing is touched and the reason is returned.
 */
export async function restoreHome(
  context: RunContext,
  attempt: Attempt,
  result: Sha | null,
): Promise<string | null> {
  const { git } = context;
  const { worktree } = attempt.worker;
  const status = await readStatus(git, worktree.path);
  const operation = await operationInProgress(worktree.git_dir);
  const head = await headOf(git, worktree.path);
  if (operation === null && status.branch !== worktree.branch) {
    return `the checkout is no longer on ${worktree.branch}; the work is salvaged, nothing was reset`;
  }
  if (result ? head !== result : !(await isAncestor(git, worktree.path, attempt.base, head))) {
    return `${worktree.branch} was moved to ${head.slice(0, 10)} meanwhile; nothing was reset`;
  }
  await quitOperation(git, worktree);
  await resetAndClean(git, worktree, attempt.base);
  return null;
}
