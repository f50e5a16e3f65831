import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeTask } from './close-task.js';
import { runGate } from './gate/run-gate.js';
import type { Gated } from './gate-tree.js';
import { findCollectedProblems } from './git/collected-problems.js';
import { GitError } from './git/git.js';
import { commitTree, isAncestor, mergeTree, withTrailers } from './git/merge.js';
import { changeRefs } from './git/refs.js';
import { readStatus, type Status } from './git/status.js';
import { detachAt, headOf, isIntact, operationInProgress, type Worktree } from './git/worktree.js';
import { type Sha, shaSchema, runMark, shortRunId } from './ids.js';
import type { ParkedWork } from './parked-work.js';
import { QueueError } from './ports.js';
import { removeParked } from './remove-parked.js';
import { type RunContext, trunkRef } from './run-context.js';
import { standingTrunk } from './standing-trunk.js';

type Settled =
  | { readonly kind: 'merged'; readonly sha: Sha }
  | { readonly kind: 'already_merged'; readonly sha: Sha }
  | { readonly kind: 'not_yet'; readonly reason: string; readonly tail: string }
  /** The run was aborted meanwhile: the next one tries again. */
  | { readonly kind: 'aborted' };

/**
 * Tries a parked branch again from step 7, now that its bug has been closed (LOOP.md §4): merged, its task is closed
 * and its worktree removed; else the bug is opened again with the reason.
 */
export async function settleParked(context: RunContext, parked: ParkedWork): Promise<void> {
  const { events, queue } = context;
  const { run, worker, task, bug } = parked;
  const settled = await context.mergeTurn(() => tryMerge(context, parked));
  if (settled.kind === 'aborted') return;
  if (settled.kind === 'not_yet') {
    try {
      const note = [`${context.run}: ${settled.reason}`, settled.tail].join('\n').trimEnd();
      await queue.reopen(bug, { note });
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      events.note({
        type: 'notice',
        level: 'warning',
        text: `${bug} could not be opened again: ${error.message}`,
      });
    }
    const { reason } = settled;
    await events.record({
      type: 'parked.settled',
      run,
      worker,
      task,
      outcome: 'reopened',
      sha: null,
      reason,
    });
    return;
  }
  const { kind: outcome, sha } = settled;
  await events.record({
    type: 'parked.settled',
    run,
    worker,
    task,
    outcome,
    sha,
    reason: `${bug} was closed`,
  });
  await closeTask(context, { task, sha, how: 'merged' });
  await removeParked(context, parked);
}

async function tryMerge(context: RunContext, parked: ParkedWork): Promise<Settled> {
  try {
    return await mergeParked(context, parked);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return { kind: 'not_yet', reason: error.message, tail: '' };
  }
}

async function mergeParked(context: RunContext, parked: ParkedWork): Promise<Settled> {
  const { git, events, run } = context;
  const { worktree } = parked;
  const notYet = (reason: string, tail = ''): Settled => ({ kind: 'not_yet', reason, tail });
  if (!(await isIntact(git, worktree)))
    return notYet(`${worktree.path} is no longer the worktree that was parked`);
  const trunk = await standingTrunk(context);
  const head = await headOf(git, worktree.path);
  const status = await readStatus(git, worktree.path);
  const problem = await unfinished(worktree, status);
  if (problem) return notYet(problem);
  if (await isAncestor(git, worktree.path, head, trunk)) {
    if (await isSettled(context, parked, trunk)) return { kind: 'already_merged', sha: trunk };
    const give = `to give it up, close ${parked.task} yourself`;
    return notYet(`${worktree.path} holds nothing that trunk does not, and trunk not the work: ${give}`);
  }
  const base = shaSchema.parse(await git.text(worktree.path, ['merge-base', trunk, head]));
  const carried = [...context.carried.copied, ...context.carried.linked];
  const problems = await findCollectedProblems(git, worktree, {
    base,
    carried,
    status,
    repositories: false,
  });
  if (problems.length > 0) return notYet(problems.join('; '));
  const merge = await mergeTree(git, worktree.path, trunk, head);
  if (merge.kind === 'conflict') return notYet(`it still conflicts with trunk: ${merge.files.join(', ')}`);
  const message = withTrailers(`Merge branch '${worktree.branch}'`, {
    'Hew-Run': run,
    'Hew-Task': parked.task,
    'Hew-Attempt': 0,
  });
  const candidate = await commitTree(git, worktree.path, {
    tree: merge.tree,
    parents: [trunk, head],
    message,
  });
  const gated = await gateParked(context, parked, candidate, merge.tree);
  if (gated.kind !== 'green') {
    await putBack(context, worktree, status.branch, head);
    return gated.kind === 'aborted' ? gated : notYet(gated.reason, gated.tail);
  }
  const { worker, task } = parked;
  await events.record({ type: 'parked.merging', run: parked.run, worker, task, candidate, onto: trunk });
  const moved = [{ ref: trunkRef(context), old: trunk, next: candidate }];
  if (!(await changeRefs(git, context.places.home, moved))) {
    await putBack(context, worktree, status.branch, head);
    return notYet('trunk was moved by somebody else');
  }
  return { kind: 'merged', sha: candidate };
}

/** Whether the work itself is in trunk, or the person has closed its task as well. */
async function isSettled({ git, queue }: RunContext, parked: ParkedWork, trunk: Sha): Promise<boolean> {
  const { result, worktree, task } = parked;
  if (result && (await isAncestor(git, worktree.path, result, trunk))) return true;
  return (await queue.show(task))?.status === 'closed';
}

/** The person's branch is checked out again, whichever that is: it was clean, and no branch is moved. */
async function putBack(
  { git }: RunContext,
  worktree: Worktree,
  branch: string | null,
  head: Sha,
): Promise<void> {
  await detachAt(git, worktree, head);
  if (branch !== null) await git.text(worktree.path, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
}

async function unfinished(worktree: Worktree, status: Status): Promise<string | null> {
  const operation = await operationInProgress(worktree.git_dir);
  if (operation) return `a ${operation} is still in progress in ${worktree.path}`;
  const paths = [...status.changed, ...status.untracked];
  if (paths.length === 0) return null;
  return `${worktree.path} has changes that are not committed: ${paths.slice(0, 5).join(', ')}`;
}

async function gateParked(
  context: RunContext,
  { run, worker, worktree }: ParkedWork,
  candidate: Sha,
  tree: Sha,
): Promise<Gated> {
  const { gate, green, clock } = context;
  if (gate.length === 0 || green.has(tree, gate)) return { kind: 'green' };
  await detachAt(context.git, worktree, candidate);
  const folder = join(context.folder, 'parked');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mark = `${runMark(context.run)}p${shortRunId(run)}w${worker}`;
  const result = await runGate({
    commands: gate,
    cwd: worktree.path,
    env: context.environments.gate,
    mark,
    ledger: context.ledger.forSet({ role: 'gate', mark, slot: null, iteration: null }),
    redactor: context.redactor,
    log: join(folder, `${run}-w${worker}.gate.log`),
    timeout_ms: context.settings.gate.timeout_ms,
    signal: context.aborted,
  });
  const { outcome, failed, tail } = result;
  if (outcome === 'aborted') return { kind: 'aborted' };
  if (outcome !== 'green') {
    const how = outcome === 'red' ? 'is red' : 'took too long';
    return { kind: 'red', reason: `the gate ${how} on the merged tree: ${failed?.command ?? ''}`, tail };
  }
  await green.remember(tree, gate, clock.now());
  return { kind: 'green' };
}
