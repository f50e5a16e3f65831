import { checkTrunk } from './check-trunk.js';
import { commitTree, mergeTree, treeOf, withTrailers } from './git/merge.js';
import { changeRefs } from './git/refs.js';
import { type Sha, trunkBranch } from './ids.js';
import type { CaughtUp } from './landing.js';
import { type TrunkContext, trunkRef, type Worker } from './run-context.js';
import { standingTrunk } from './standing-trunk.js';

/**
 * Merges the starting branch, which has moved on, into trunk by step 7: clean and green, or not at all. `worker` lends
 * its worktree; what it held has been merged or salvaged.
 */
export async function catchUp(context: TrunkContext, worker: Worker, tip: Sha): Promise<CaughtUp> {
  return context.mergeTurn(() => mergeBranch(context, worker, tip));
}

async function mergeBranch(context: TrunkContext, worker: Worker, tip: Sha): Promise<CaughtUp> {
  const { git, places, events, run, start } = context;
  const branch = start.branch ?? 'HEAD';
  const trunk = await standingTrunk(context);
  const merge = await mergeTree(git, worker.worktree.path, trunk, tip);
  if (merge.kind === 'conflict') {
    return {
      kind: 'refused',
      reason: `${branch} has moved on and conflicts with trunk: ${merge.files.join(', ')}`,
    };
  }
  const message = withTrailers(`Merge branch '${branch}' into ${trunkBranch(run)}`, { 'Hew-Run': run });
  const candidate = await commitTree(git, places.home, { tree: merge.tree, parents: [trunk, tip], message });
  const known =
    merge.tree === (await treeOf(git, places.home, trunk)) || context.green.has(merge.tree, context.gate);
  if (!known && context.gate.length > 0) {
    const checked = await checkTrunk(context, worker, candidate, 'trunk');
    if (checked.kind === 'aborted')
      return { kind: 'refused', reason: `${branch} has moved on, and the run was aborted` };
    if (checked.kind === 'unknown') {
      return { kind: 'refused', reason: `${branch} has moved on, and cannot be gated: ${checked.reason}` };
    }
    if (checked.kind === 'red') {
      return { kind: 'refused', reason: `${branch} has moved on, and merged with trunk ${checked.reason}` };
    }
  }
  await events.record({ type: 'trunk.catching_up', candidate, onto: trunk, tip });
  if (!(await changeRefs(git, places.home, [{ ref: trunkRef(context), old: trunk, next: candidate }]))) {
    return { kind: 'refused', reason: 'trunk was moved by somebody else' };
  }
  await events.record({ type: 'trunk.caught_up', sha: candidate, tip });
  return { kind: 'merged', trunk: candidate };
}
