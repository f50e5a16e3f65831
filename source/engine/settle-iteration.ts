import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readUsage } from './agents/read-usage.js';
import { type Attempt, iterationFile } from './attempt.js';
import { changeRefs, readRef } from './git/refs.js';
import { isAncestor } from './git/merge.js';
import { GitError } from './git/git.js';
import { isIntact } from './git/worktree.js';
import { type Sha, shaSchema } from './ids.js';
import { keepCommit } from './keep-commit.js';
import { type Kept, keepWork } from './keep-work.js';
import type { OpenIteration } from './loose-ends.js';
import { type AttemptEnd, consequenceOf } from './outcome.js';
import { parkWorker } from './park-worker.js';
import type { AgentUsage, Task } from './ports.js';
import type { WorktreeFound } from './recover.js';
import { NOTHING_DONE } from './run-attempt.js';
import type { QueueContext, Worker } from './run-context.js';

/** A run that was cut. */
export interface CutContext extends QueueContext {
  /** When its last event was told, in milliseconds since 1970. */
  readonly cut_at: number;
}

/** Tells of a merge that the world has and the journal has not, and brings the worker's branch along. */
export async function tellMerge(context: QueueContext, iteration: OpenIteration, sha: Sha): Promise<void> {
  const { git, places, events } = context;
  const { base } = iteration.started;
  const work = shaSchema.parse(await git.text(places.home, ['rev-parse', '--verify', `${sha}^2`]));
  const range = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', base, work];
  const files = await git.list(places.home, range);
  await bringBranchAlong(context, iteration, sha);
  await events.record({ type: 'merge.finished', ...placeOf(iteration), outcome: 'merged', sha, files });
}

async function bringBranchAlong(context: QueueContext, { started }: OpenIteration, sha: Sha): Promise<void> {
  const { git, places, events } = context;
  const branch = events.state.workers.get(started.worker)?.branch;
  if (branch === undefined) return;
  const ref = `refs/heads/${branch}`;
  const tip = await readRef(git, places.home, ref);
  if (tip === sha) return;
  if (tip !== null && !(await isAncestor(git, places.home, tip, sha))) {
    const { worker, task, attempt, base } = started;
    const reason = `${branch} held commits that the merged work does not`;
    await keepCommit(context, tip, { worker, task, attempt, base, reason });
  }
  await changeRefs(git, places.home, [{ ref, old: tip, next: sha }]);
}

/** Tells the end of an iteration whose work is in trunk, or needed no change. */
export async function endWell(
  context: CutContext,
  iteration: OpenIteration,
  end: 'merged' | 'empty',
): Promise<void> {
  const { merge } = iteration;
  const files = merge?.type === 'merge.finished' ? merge.files : await filesOf(context, iteration);
  await tellEnd(context, iteration, { end, reason: null, salvage: null, files });
}

async function filesOf({ events }: QueueContext, { started }: OpenIteration): Promise<readonly string[]> {
  return events.state.tasks.get(started.task)?.files ?? [];
}

/** Salvages what the iteration has come to; what git cannot hold is parked, since only a person can tell what it is. */
export async function loseIteration(
  context: CutContext,
  iteration: OpenIteration,
  found: WorktreeFound,
): Promise<void> {
  await tellAgent(context, iteration);
  const kept = found === 'gone' ? ({ kind: 'kept', ref: null } as const) : await keep(context, iteration);
  if (kept.kind === 'cannot' && !context.serial) return parkIteration(context, iteration, null, kept.reason);
  const reason =
    kept.kind === 'cannot' ? `hew was cut; not salvaged: ${kept.reason}` : 'hew was cut in the middle of it';
  const salvage = kept.kind === 'kept' ? kept.ref : null;
  await tellEnd(context, iteration, { end: 'interrupted', reason, salvage, files: [] });
}

async function keep(context: CutContext, iteration: OpenIteration): Promise<Kept> {
  const worker = workerOf(context, iteration);
  // Git has not filled the folder yet: nothing of anybody's can be in it.
  if (!context.serial && !(await isThere(join(worker.worktree.git_dir, 'index'))))
    return { kind: 'kept', ref: null };
  const { task, attempt, base } = iteration.started;
  const reason = 'hew was cut in the middle of it';
  return keepWork(context, { worker, task, attempt, base, reason, result: null }).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    return { kind: 'cannot', reason: error.message } as const;
  });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Finishes the parking of a worker, as far as it has not been done: bug, block, and what is told of them. */
export async function parkIteration(
  context: CutContext,
  iteration: OpenIteration,
  bug: OpenIteration['bug'],
  why: string | null = null,
): Promise<void> {
  const { events, queue } = context;
  const { started, merge, parked } = iteration;
  await tellAgent(context, iteration);
  const conflict = merge?.type === 'merge.finished' && merge.outcome === 'conflict' ? merge : null;
  const reason =
    parked?.reason ??
    why ??
    (conflict
      ? `conflicts with what was merged meanwhile: ${conflict.files.join(', ')}`
      : 'it needs a person');
  const task = await queue.show(started.task);
  if (!parked && bug === null && task) {
    await parkWorker(context, attemptOf(context, iteration, task), {
      ...NOTHING_DONE,
      end: 'parked',
      reason,
    });
  } else if (!parked) {
    const { worker } = started;
    const files = conflict ? [...conflict.files] : [];
    if (task && bug) await queue.addDependency(task.id, bug);
    if (bug && iteration.bug === null)
      events.note({ type: 'conflict.filed', task: started.task, bug, worker, files });
    const result = await committedWork(context, iteration);
    await events.record({ type: 'worker.parked', worker, task: started.task, reason, bug, result });
  }
  const end = conflict ? 'conflict' : 'parked';
  await tellEnd(context, iteration, { end, reason, salvage: null, files: conflict?.files ?? [] });
}

async function committedWork(context: QueueContext, iteration: OpenIteration): Promise<Sha | null> {
  const { git } = context;
  const { worktree } = workerOf(context, iteration);
  if (!(await isIntact(git, worktree))) return null;
  const head = await readRef(git, worktree.path, 'HEAD');
  return head === iteration.started.base ? null : head;
}

/** The agent's end, with what its log says that it has used, where hew did not live to tell it. */
async function tellAgent(context: CutContext, iteration: OpenIteration): Promise<void> {
  if (iteration.agent) return;
  const usage = await loggedUsage(context, iteration);
  const ended = { exit_code: null, closing: null, duration_ms: lived(context, iteration) };
  await context.events.record({ type: 'agent.finished', ...placeOf(iteration), ...ended, ...usage });
}

interface ToldEnd {
  readonly end: Extract<AttemptEnd, 'merged' | 'empty' | 'conflict' | 'parked' | 'interrupted'>;
  readonly reason: string | null;
  readonly salvage: string | null;
  readonly files: readonly string[];
}

async function tellEnd(context: CutContext, iteration: OpenIteration, told: ToldEnd): Promise<void> {
  const { events, settings } = context;
  const { started } = iteration;
  const task = events.state.tasks.get(started.task);
  const { counts, fate } = consequenceOf(told.end, {
    counted: task?.counted ?? 0,
    faults: 0,
    attempts: settings.loop.attempts,
  });
  const agent = await agentOf(context, iteration);
  context.files.remember(started);
  await events.record({
    type: 'iteration.finished',
    ...placeOf(iteration),
    end: told.end,
    counted: counts,
    fate,
    reason: told.reason,
    tokens: agent.tokens,
    cost_usd: agent.cost_usd,
    runtime: started.runtime,
    model: agent.model,
    duration_ms: lived(context, iteration),
    salvage: told.salvage,
    files: [...told.files],
  });
}

async function agentOf(context: QueueContext, iteration: OpenIteration): Promise<AgentUsage> {
  return iteration.agent ?? (await loggedUsage(context, iteration));
}

/** What the agent's log says that it has used. */
function loggedUsage(context: QueueContext, { started }: OpenIteration): Promise<AgentUsage> {
  const { worker, iteration, runtime } = started;
  return readUsage(iterationFile(context, worker, iteration, 'agent.jsonl'), runtime);
}

/** Until the last event that was told before hew was cut. */
function lived({ cut_at }: CutContext, { started }: OpenIteration): number {
  return Math.max(0, cut_at - Date.parse(started.at));
}

type Place = Pick<OpenIteration['started'], 'slot' | 'worker' | 'task' | 'attempt' | 'iteration'>;

function placeOf({ started }: OpenIteration): Place {
  const { slot, worker, task, attempt, iteration } = started;
  return { slot, worker, task, attempt, iteration };
}

function workerOf({ events }: QueueContext, { started }: OpenIteration): Worker {
  const known = events.state.workers.get(started.worker);
  if (!known)
    throw new Error(`internal: the journal has an iteration of w${started.worker}, which it never made`);
  const { worker, slot, path, git_dir, branch, iterations } = known;
  return { worker, slot, worktree: { path, git_dir, branch }, iterations, setup: null, unsaved: true };
}

function attemptOf(context: QueueContext, iteration: OpenIteration, task: Task): Attempt {
  const { attempt, iteration: number, base } = iteration.started;
  const signal = context.aborted;
  return { worker: workerOf(context, iteration), task, attempt, iteration: number, base, signal };
}
