import type { Attempt } from './attempt.js';
import { readStatus, type Status } from './git/status.js';
import { operationInProgress } from './git/worktree.js';
import type { Prepared } from './prepare.js';
import type { RunContext } from './run-context.js';

/** Says what stands against working in home, or null when it is clean and where hew left it. Pure. */
export function homeProblem(
  status: Status,
  operation: string | null,
  expected: { readonly branch: string; readonly head: string },
): string | null {
  if (operation) return `a ${operation} is in progress`;
  if (status.branch !== expected.branch) return `it is no longer on ${expected.branch}`;
  if (status.head !== expected.head) return `${expected.branch} was moved to ${status.head?.slice(0, 10)}`;
  const paths = [...status.changed, ...status.untracked];
  return paths.length === 0 ? null : `it has changes that are not committed: ${paths.slice(0, 5).join(', ')}`;
}

/** With one job: the checkout must be clean and where hew left it; nothing in it is touched. */
export async function prepareHome(context: RunContext, attempt: Attempt): Promise<Prepared> {
  const { worktree } = attempt.worker;
  const status = await readStatus(context.git, worktree.path);
  const problem = homeProblem(status, await operationInProgress(worktree.git_dir), {
    branch: worktree.branch,
    head: attempt.base,
  });
  return problem
    ? { kind: 'lost', reason: `the checkout is not as hew left it: ${problem}` }
    : { kind: 'ready' };
}
