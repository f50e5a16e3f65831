import type { Attempt } from './attempt.js';
import { findCollectedProblems } from './git/collected-problems.js';
import { isAncestor } from './git/merge.js';
import { readStatus } from './git/status.js';
import { isIntact, operationInProgress } from './git/worktree.js';
import { shaSchema, type Sha } from './ids.js';
import { plainText } from './plain-text.js';
import { NOT_INTACT } from './prepare.js';
import type { RunContext } from './run-context.js';

/** What an agent has left behind. */
export type Collected =
  | { readonly kind: 'collected'; readonly result: Sha; readonly tree: Sha; readonly base_tree: Sha }
  | { readonly kind: 'failed'; readonly end: 'operation_in_progress' | 'base_lost'; readonly reason: string }
  /** Only a person can tell what is to become of it: nothing may be reset or removed. */
  | { readonly kind: 'parked'; readonly reason: string };

/**
 * Makes one commit of what the agent has done: its HEAD, on whatever branch that is, and what it left uncommitted.
 * Moves no branch but, with one job, the starting one.
 */
export async function collectWork(context: RunContext, attempt: Attempt): Promise<Collected> {
  const { git, carried } = context;
  const { worker, base, task } = attempt;
  const { worktree } = worker;
  if (!(await isIntact(git, worktree))) return { kind: 'parked', reason: NOT_INTACT };
  const operation = await operationInProgress(worktree.git_dir);
  if (operation) {
    const reason = `a ${operation} was left in progress in the worktree`;
    return { kind: 'failed', end: 'operation_in_progress', reason };
  }
  const status = await readStatus(git, worktree.path);
  const { head } = status;
  if (head === null || !(await isAncestor(git, worktree.path, base, head))) {
    const at = head === null ? 'a branch without a commit' : head.slice(0, 10);
    const reason = `the work does not stand on ${base.slice(0, 10)}, which it was started from: HEAD is ${at}`;
    return { kind: 'failed', end: 'base_lost', reason };
  }
  if (context.serial && status.branch !== worktree.branch) {
    return { kind: 'parked', reason: `the checkout is no longer on ${worktree.branch}, where the run began` };
  }
  const problems = await findCollectedProblems(git, worktree, {
    base,
    carried: [...carried.copied, ...carried.linked],
  });
  if (problems.length > 0) return { kind: 'parked', reason: problems.join('; ') };
  if (status.changed.length + status.untracked.length > 0) {
    // Whatever branch the agent went to, it must not move by hew's commit.
    if (!context.serial) await git.text(worktree.path, ['update-ref', '--no-deref', 'HEAD', head]);
    await git.text(worktree.path, ['add', '--all', '--', '.']);
    await git.text(
      worktree.path,
      ['commit', '--quiet', '--no-verify', '--allow-empty', '--cleanup=verbatim', '-F', '-'],
      { input: `${task.id}: ${plainText(task.title)}\n` },
    );
  }
  const answer = await git.text(worktree.path, ['rev-parse', 'HEAD', 'HEAD^{tree}', `${base}^{tree}`]);
  const [result, tree, baseTree] = answer.split('\n').map((line) => shaSchema.parse(line));
  if (!result || !tree || !baseTree) throw new Error(`internal: git rev-parse answered ${answer}`);
  return { kind: 'collected', result, tree, base_tree: baseTree };
}
