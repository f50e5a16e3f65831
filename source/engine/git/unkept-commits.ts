import type { Sha } from '../ids.js';
import type { Git } from './git.js';

/** The branches of workers: what only they hold is not merged. */
const WORKER_BRANCHES = 'refs/heads/loop/*/w*';

/** How many commits of the tips no ref holds but branches of workers: no other branch, tag, remote, stash or salvage. */
export async function countUnkeptCommits(git: Git, home: string, tips: readonly Sha[]): Promise<number> {
  if (tips.length === 0) return 0;
  // The heads of other worktrees keep nothing: one of them may be what is about to be removed.
  const kept = ['--single-worktree', `--exclude=${WORKER_BRANCHES}`, '--all'];
  return Number(await git.text(home, ['rev-list', '--count', ...tips, '--not', ...kept, '--']));
}
