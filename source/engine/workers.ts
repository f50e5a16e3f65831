import { join } from 'node:path';
import { GitError } from './git/git.js';
import { isAncestor } from './git/merge.js';
import { changeRefs, readRef } from './git/refs.js';
import { readStatus } from './git/status.js';
import { addWorktree, isIntact, removeWorktree } from './git/worktree.js';
import { workerBranch } from './ids.js';
import { keepWork } from './keep-work.js';
import type { TrunkContext, Worker } from './run-context.js';

/** Makes a slot a worker: a worktree and a branch of its own at trunk, without files yet. With one job it is home. */
export async function createWorker(context: TrunkContext, worker: number, slot: number): Promise<Worker> {
  const { git, places, events } = context;
  const base = events.state.trunk ?? context.start.sha;
  const branch = context.serial ? (context.start.branch ?? 'HEAD') : workerBranch(context.run, worker);
  const worktree = context.serial
    ? { path: places.home, git_dir: places.git_dir, branch }
    : await context.worktreeTurn(() =>
        addWorktree(git, places.home, join(context.worktrees, String(worker)), branch, base),
      );
  await events.record({
    type: 'worker.created',
    slot,
    worker,
    branch,
    path: worktree.path,
    git_dir: worktree.git_dir,
    base,
  });
  return { worker, slot, worktree, iterations: 0, setup: null, unsaved: false };
}

/**
 * Removes a worker's worktree and branch, once nothing of it can be lost; one that cannot be kept otherwise stays, and
 * that is told.
 */
export async function dismissWorker(context: TrunkContext, worker: Worker): Promise<void> {
  const { git, places, events } = context;
  const { worktree } = worker;
  const stays = (why: string): void => {
    const text = `${worktree.path} stays: ${why}`;
    events.note({ type: 'notice', level: 'warning', text });
  };
  try {
    if (!(await isIntact(git, worktree))) return stays('git no longer finds it as it was made');
    if (worker.unsaved && !(await isInTrunk(context, worker))) {
      const base = events.state.trunk ?? context.start.sha;
      const reason = 'the run has ended';
      const kept = await keepWork(context, { worker, task: null, attempt: 0, base, reason, result: null });
      if (kept.kind === 'cannot') return stays(kept.reason);
    }
    await removeWorktree(git, places.home, worktree);
    const ref = `refs/heads/${worktree.branch}`;
    const tip = await readRef(git, places.home, ref);
    if (tip) await changeRefs(git, places.home, [{ ref, old: tip, next: null }]);
    events.note({ type: 'worker.removed', worker: worker.worker });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    stays(error.message);
  }
}

/** Whether the worktree holds nothing but what trunk holds. */
async function isInTrunk(context: TrunkContext, { worktree }: Worker): Promise<boolean> {
  const { git, events, start } = context;
  const status = await readStatus(git, worktree.path);
  if (status.head === null || status.changed.length + status.untracked.length > 0) return false;
  return isAncestor(git, worktree.path, status.head, events.state.trunk ?? start.sha);
}
