import { dirname } from 'node:path';
import { GitError } from './git/git.js';
import { isAncestor } from './git/merge.js';
import { changeRefs, readRef } from './git/refs.js';
import { removeWorktree } from './git/worktree.js';
import type { ParkedWork } from './parked-work.js';
import { removeWorktreesFolder } from './remove-worktrees-folder.js';
import type { QueueContext } from './run-context.js';

/** A branch that the person has left behind, with commits that were not merged, stays. */
async function removeBranch({ git, places, events, start }: QueueContext, branch: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const tip = await readRef(git, places.home, ref);
  if (tip === null) return;
  if (await isAncestor(git, places.home, tip, events.state.trunk ?? start.sha)) {
    await changeRefs(git, places.home, [{ ref, old: tip, next: null }]);
    return;
  }
  const text = `${branch} stays: it holds commits that are not in what was merged`;
  events.note({ type: 'notice', level: 'warning', text });
}

/** Removes a parked worker whose work is in trunk; what git cannot remove stays and is told. */
export async function removeParked(context: QueueContext, parked: ParkedWork): Promise<void> {
  const { git, places, events } = context;
  const { worktree } = parked;
  try {
    await removeWorktree(git, places.home, worktree);
    await removeBranch(context, worktree.branch);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const text = `${worktree.path} stays, although its work is merged: ${error.message}`;
    events.note({ type: 'notice', level: 'warning', text });
    return;
  }
  if (parked.run === context.run) events.note({ type: 'worker.removed', worker: parked.worker });
  else await removeWorktreesFolder(dirname(worktree.path));
}
