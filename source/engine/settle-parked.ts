import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeTask } from './close-task.js';
import { CONFLICT_LABEL } from './conflict-bug.js';
import { runGate } from './gate/run-gate.js';
import { GitError } from './git/git.js';
import { commitTree, isAncestor, mergeTree, withTrailers } from './git/merge.js';
import { changeRefs } from './git/refs.js';
import { readStatus } from './git/status.js';
import {
  detachAt,
  headOf,
  isIntact,
  operationInProgress,
  removeWorktree,
  resetTo,
  type Worktree,
} from './git/worktree.js';
import { type RunId, type Sha, shortRunId, type TaskId } from './ids.js';
import { QueueError } from './ports.js';
import { type RunContext, trunkRef } from './run-context.js';
import { standingTrunk } from './standing-trunk.js';

/** A worker that a run, this one or an earlier one, has left on disk for a person. */
export interface ParkedWork {
  readonly run: RunId;
  readonly worker: number;
  readonly task: TaskId;
  readonly bug: TaskId;
  readonly worktree: Worktree;
}

/** What this run has parked and not settled yet. */
export function parkedHere(context: RunContext): ParkedWork[] {
  const { state } = context.events;
  return [...state.workers.values()].flatMap(({ worker, parked, place, path, git_dir, branch }) =>
    place === 'parked' && parked?.bug
      ? [
          {
            run: context.run,
            worker,
            task: parked.task,
            bug: parked.bug,
            worktree: { path, git_dir, branch },
          },
        ]
      : [],
  );
}

type Settled =
  | { readonly kind: 'merged'; readonly sha: Sha }
  | { readonly kind: 'already_merged'; readonly sha: Sha }
  | { readonly kind: 'not_yet'; readonly reason: string };

/**
 * Tries a parked branch again from step 7, now that its bug has been closed (LOOP.md §4): merged, its task is closed
 * and its worktree removed; else the bug is opened again with the reason.
 */
export async function settleParked(context: RunContext, parked: ParkedWork): Promise<void> {
  const { events, queue } = context;
  const { run, worker, task, bug } = parked;
  const settled = await context.mergeTurn(() => tryMerge(context, parked));
  if (settled.kind === 'not_yet') {
    try {
      await queue.reopen(bug, { note: `${context.run}: ${settled.reason}` });
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
    return { kind: 'not_yet', reason: error.message };
  }
}

async function mergeParked(context: RunContext, parked: ParkedWork): Promise<Settled> {
  const { git, events, run } = context;
  const { worktree } = parked;
  const notYet = (reason: string): Settled => ({ kind: 'not_yet', reason });
  if (!(await isIntact(git, worktree)))
    return notYet(`${worktree.path} is no longer the worktree that was parked`);
  const trunk = await standingTrunk(context);
  const head = await headOf(git, worktree.path);
  const problem = await unfinished(context, worktree);
  if (problem) return notYet(problem);
  if (await isAncestor(git, worktree.path, head, trunk)) return { kind: 'already_merged', sha: trunk };
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
  const red = await gateParked(context, parked, candidate, merge.tree);
  if (red) {
    await resetTo(git, worktree, head);
    return notYet(red);
  }
  const { worker, task } = parked;
  await events.record({ type: 'parked.merging', run: parked.run, worker, task, candidate, onto: trunk });
  await changeRefs(git, context.places.home, [{ ref: trunkRef(context), old: trunk, next: candidate }]);
  return { kind: 'merged', sha: candidate };
}

async function unfinished(context: RunContext, worktree: Worktree): Promise<string | null> {
  const operation = await operationInProgress(worktree.git_dir);
  if (operation) return `a ${operation} is still in progress in ${worktree.path}`;
  const status = await readStatus(context.git, worktree.path);
  const paths = [...status.changed, ...status.untracked];
  if (paths.length === 0) return null;
  return `${worktree.path} has changes that are not committed: ${paths.slice(0, 5).join(', ')}`;
}

/** Says why the merged tree must not be merged, or null when it is green. */
async function gateParked(
  context: RunContext,
  { run, worker, worktree }: ParkedWork,
  candidate: Sha,
  tree: Sha,
): Promise<string | null> {
  const { gate, green, clock } = context;
  if (gate.length === 0 || green.has(tree, gate)) return null;
  await detachAt(context.git, worktree, candidate);
  const folder = join(context.folder, 'parked');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const result = await runGate({
    commands: gate,
    cwd: worktree.path,
    env: context.environments.gate,
    mark: `HEW_MARK_${shortRunId(context.run)}=p${shortRunId(run)}w${worker}`,
    log: join(folder, `${run}-w${worker}.gate.log`),
    timeout_ms: context.settings.gate.timeout_ms,
    signal: context.aborted,
  });
  if (result.outcome !== 'green') {
    return `the gate is ${result.outcome} on the merged tree: ${result.failed?.command ?? ''}\n${result.tail}`;
  }
  await green.remember(tree, gate, clock.now());
  return null;
}

async function removeParked(context: RunContext, parked: ParkedWork): Promise<void> {
  const { git, places, events } = context;
  const { worktree } = parked;
  try {
    await removeWorktree(git, places.home, worktree);
    await git.text(places.home, ['update-ref', '-d', `refs/heads/${worktree.branch}`]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const text = `${worktree.path} stays, although its work is merged (${CONFLICT_LABEL}): ${error.message}`;
    events.note({ type: 'notice', level: 'warning', text });
    return;
  }
  if (parked.run === context.run) events.note({ type: 'worker.removed', worker: parked.worker });
}
