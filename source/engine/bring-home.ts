import { catchUp } from './catch-up.js';
import { GitError } from './git/git.js';
import { changeRefs, readRef } from './git/refs.js';
import { land, type Landed } from './landing.js';
import { removeWorktreesFolder } from './remove-worktrees-folder.js';
import { type TrunkContext, trunkRef, type Worker } from './run-context.js';
import { standingTrunk } from './standing-trunk.js';
import { dismissWorker } from './workers.js';

/**
 * Lands what the run has merged and tells how that ended. `borrow` lends a worker whose worktree the merge of a branch
 * that has moved on is gated in; without `mayCatchUp` only a pure fast-forward is tried.
 */
export async function bringHome(
  context: TrunkContext,
  borrow: () => Promise<Worker>,
  mayCatchUp: boolean,
): Promise<void> {
  const { events, start, git, places } = context;
  const trunk = await context.mergeTurn(() => standingTrunk(context));
  const { branch, sha } = start;
  if (trunk === sha) {
    await events.record({ type: 'run.landed', branch, from: sha, to: sha, how: 'nothing' });
    return;
  }
  if (branch === null) {
    await events.record({ type: 'run.landed', branch, from: sha, to: trunk, how: 'detached' });
    return;
  }
  const landed: Landed = await land({
    git,
    home: places.home,
    git_dir: places.git_dir,
    branch,
    start: sha,
    trunk,
    catchUp: mayCatchUp ? async (tip) => catchUp(context, await borrow(), tip) : null,
    onStart: (from, to) => events.record({ type: 'land.started', branch, from, to }),
  }).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    return { kind: 'refused', to: trunk, reason: error.message };
  });
  if (landed.kind === 'landed') {
    const { from, to } = landed;
    await events.record({ type: 'run.landed', branch, from, to, how: 'fast_forward' });
  } else await events.record({ type: 'land.refused', branch, to: landed.to, reason: landed.reason });
}

/** Whether everything that was merged is on the starting branch, so that nothing of the run need stay. */
export function isHome(context: TrunkContext): boolean {
  const { landing } = context.events.state;
  return landing.kind === 'landed' && landing.how !== 'detached';
}

/** Removes worktrees and branches that have landed; parked ones stay. */
export async function removeLanded(context: TrunkContext, workers: readonly Worker[]): Promise<void> {
  for (const worker of workers) await dismissWorker(context, worker);
  const { git, places } = context;
  const ref = trunkRef(context);
  const tip = await readRef(git, places.home, ref);
  const merged = context.events.state.trunk;
  if (tip && tip === merged) await changeRefs(git, places.home, [{ ref, old: tip, next: null }]);
  const left = [...context.events.state.workers.values()].some((worker) => worker.place !== 'removed');
  if (left) return;
  await removeWorktreesFolder(context.worktrees);
}
