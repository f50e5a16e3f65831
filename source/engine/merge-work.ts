import { type Attempt, attemptPlace } from './attempt.js';
import { type Gated, gateTree } from './gate-tree.js';
import { GitError } from './git/git.js';
import { commitTree, isAncestor, mergeTree, withTrailers } from './git/merge.js';
import { changeRefs, readRef } from './git/refs.js';
import { detachAt, isIntact } from './git/worktree.js';
import { claimActor, type Sha, workerBranch } from './ids.js';
import { keepCommit } from './keep-commit.js';
import { NOT_INTACT } from './prepare.js';
import { type RunContext, trunkRef } from './run-context.js';
import { standingTrunk } from './standing-trunk.js';

/** Work that is ready to be merged. */
export interface MergeRequest {
  readonly result: Sha;
  readonly tree: Sha;
  /** The paths that it changes. */
  readonly files: readonly string[];
  /** Whether the worker's branch is known to hold nothing else. */
  readonly holds_branch: boolean;
}

/** How a merge into trunk ended. */
export type Merged =
  | { readonly kind: 'merged'; readonly sha: Sha }
  | {
      readonly kind: 'conflict';
      readonly files: readonly string[];
      readonly onto: Sha;
      readonly messages: string;
    }
  | { readonly kind: 'red'; readonly reason: string; readonly tail: string }
  | { readonly kind: 'claim_lost'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'aborted' };

/** Waits for its turn, merges the work into trunk, and gates the merged tree where it differs (LOOP.md §3.7). */
export async function mergeWork(
  context: RunContext,
  attempt: Attempt,
  request: MergeRequest,
): Promise<Merged> {
  context.events.note({ type: 'merge.queued', ...attemptPlace(attempt), result: request.result });
  return context.mergeTurn(() => mergeInTurn(context, attempt, request));
}

async function mergeInTurn(
  context: RunContext,
  attempt: Attempt,
  { result, tree, files, holds_branch }: MergeRequest,
): Promise<Merged> {
  const { git, events } = context;
  const { worktree } = attempt.worker;
  const place = attemptPlace(attempt);
  if (attempt.signal.aborted) return { kind: 'aborted' };
  const claim = await context.queue.show(attempt.task.id);
  if (claim?.status !== 'in_progress' || claim.assignee !== claimActor(context.run, place.worker)) {
    const holder = claim ? `${claim.status}${claim.assignee ? ` by ${claim.assignee}` : ''}` : 'gone';
    return { kind: 'claim_lost', reason: `the claim was taken away meanwhile: the task is ${holder}` };
  }
  const trunk = events.state.trunk ?? attempt.base;
  const merge =
    trunk === attempt.base
      ? ({ kind: 'clean', tree } as const)
      : await mergeTree(git, worktree.path, trunk, result);
  if (merge.kind === 'conflict') {
    events.note({
      type: 'merge.finished',
      ...place,
      outcome: 'conflict',
      sha: null,
      files: [...merge.files],
    });
    return { kind: 'conflict', files: merge.files, onto: trunk, messages: merge.messages };
  }
  const candidate = await commitTree(git, worktree.path, {
    tree: merge.tree,
    parents: [trunk, result],
    message: mergeMessage(context, attempt),
  });
  const gated = await gateCandidate(context, attempt, candidate, merge.tree, tree);
  if (gated.kind !== 'green') {
    const outcome = gated.kind === 'red' ? 'red' : 'not_moved';
    events.note({ type: 'merge.finished', ...place, outcome, sha: null, files: [] });
    return gated;
  }
  await events.record({ type: 'merge.started', ...place, candidate, onto: trunk });
  await moveTrunk(context, attempt, { candidate, trunk, holds_branch });
  await events.record({
    type: 'merge.finished',
    ...place,
    outcome: 'merged',
    sha: candidate,
    files: [...files],
  });
  return { kind: 'merged', sha: candidate };
}

/** The message of a merge into trunk; its trailers tell a recovery which task was merged. */
function mergeMessage(context: RunContext, { worker, task, attempt }: Attempt): string {
  return withTrailers(`Merge branch '${workerBranch(context.run, worker.worker)}'`, {
    'Hew-Run': context.run,
    'Hew-Task': task.id,
    'Hew-Attempt': attempt,
  });
}

async function gateCandidate(
  context: RunContext,
  attempt: Attempt,
  candidate: Sha,
  tree: Sha,
  ownTree: Sha,
): Promise<Gated | Extract<Merged, { kind: 'lost' }>> {
  // The candidate's tree is the one that has just passed: nothing else was merged since the attempt began.
  if (tree === ownTree || context.gate.length === 0) return { kind: 'green' };
  if (!context.green.has(tree, context.gate)) {
    const { worktree } = attempt.worker;
    if (!(await isIntact(context.git, worktree))) return { kind: 'lost', reason: NOT_INTACT };
    await detachAt(context.git, worktree, candidate);
  }
  return gateTree(context, attempt, 'merged', tree);
}

/** Trunk and the worker's branch go to the candidate together. What the branch held and trunk does not is salvaged. */
async function moveTrunk(
  context: RunContext,
  attempt: Attempt,
  move: { readonly candidate: Sha; readonly trunk: Sha; readonly holds_branch: boolean },
): Promise<void> {
  const { git, places } = context;
  const { candidate, trunk } = move;
  const branch = `refs/heads/${attempt.worker.worktree.branch}`;
  const tip = move.holds_branch ? null : await readRef(git, places.home, branch);
  if (tip !== null && tip !== attempt.base && !(await isAncestor(git, places.home, tip, candidate))) {
    await keepCommit(context, tip, {
      worker: attempt.worker.worker,
      task: attempt.task.id,
      attempt: attempt.attempt,
      base: attempt.base,
      reason: `${attempt.worker.worktree.branch} held commits that the merged work does not`,
    });
  }
  const changes = [
    { ref: trunkRef(context), old: trunk, next: candidate },
    { ref: branch, old: 'any', next: candidate },
  ] as const;
  if (await changeRefs(git, places.home, changes)) return;
  // Inside the turn nobody of hew's moves trunk: one that is elsewhere is a stranger's, and is put back first.
  await standingTrunk(context);
  if (await changeRefs(git, places.home, changes)) return;
  throw new GitError(['update-ref', trunkRef(context)], places.home, {
    exit_code: 1,
    stdout: '',
    stderr: 'trunk is moved by somebody else again and again',
  });
}
