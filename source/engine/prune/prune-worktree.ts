import { dirname } from 'node:path';
import type { Clock } from '../clock.js';
import type { EventStream } from '../event-stream.js';
import { GitError } from '../git/git.js';
import { isIntact, removeWorktree, type Worktree } from '../git/worktree.js';
import { worktreeAt } from '../git/worktree-list.js';
import { holdRun } from '../hold-run.js';
import type { Project } from '../open-project.js';
import { openRunFolder, type RunFolder } from '../open-run-folder.js';
import { NOT_INTACT } from '../prepare.js';
import { reapDeadRuns } from '../reap-dead-runs.js';
import { removeWorktreesFolder } from '../remove-worktrees-folder.js';
import { findLiveRun } from '../run-lock.js';
import type { RunState } from '../state.js';
import { keepGoneWork, type KeepRequest, keepWorktree } from './keep-worktree.js';
import { type ListedWorktree, placeOf } from './list-worktrees.js';
import { readRunRemains } from './run-remains.js';
import { removeFolder } from './remove-folder.js';

/** What has become of a worktree that was to be pruned. */
export type Pruned =
  /** `salvage` is the ref that keeps what it held; null when there was nothing to keep. */
  | { readonly kind: 'removed'; readonly salvage: string | null }
  /** Nothing was removed. */
  | { readonly kind: 'left'; readonly why: string };

/**
 * Removes one worktree, of which mayPrune() has said that it may be, once what it holds is salvaged. Whatever has changed since
 * it was listed leaves it as it is. Its branch stays. Never throws for what git or the disk refuse.
 */
export async function pruneWorktree(project: Project, clock: Clock, listed: ListedWorktree): Promise<Pruned> {
  const held = await holdRun(project.places, listed.run);
  if (held.kind === 'busy') return { kind: 'left', why: 'another hew works with its run just now' };
  // Where nothing is left of the run but its worktrees there is nothing to hold.
  await using _hold = held.kind === 'held' ? held.hold : null;
  try {
    return await pruneHeld(project, clock, listed);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return { kind: 'left', why: error.message };
  }
}

async function pruneHeld(project: Project, clock: Clock, listed: ListedWorktree): Promise<Pruned> {
  const left = (why: string): Pruned => ({ kind: 'left', why });
  const { places } = project;
  const { run, path, listing } = listed;
  const live = await findLiveRun(places.common_dir);
  if (live && (live.run_id === run || live.run_id === null)) return left(`its run is alive (${live.holder})`);
  // What the dead run has left would write on while its work is salvaged.
  await reapDeadRuns(places);
  if (path === places.home) return left('hew was started in it: go to another worktree first');
  if (listing === null) return left(NOT_INTACT);
  const place = await placeOf(dirname(path), path);
  if (place === 'link') return left('it is a symbolic link, and hew goes through none');
  const git = await project.gitOf(run);
  const worktree = place === 'gone' ? null : await worktreeAt(git, places.common_dir, listing);
  if (place === 'folder' && worktree === null) return left(NOT_INTACT);
  const { state } = await readRunRemains(places, run, null);
  const journal = await openJournalOf(project, clock, listed, state);
  try {
    return await keepAndRemove({ project, git, listed, listing, state }, worktree, journal?.events ?? null);
  } finally {
    await journal?.close();
  }
}

async function keepAndRemove(
  request: KeepRequest,
  worktree: Worktree | null,
  events: EventStream | null,
): Promise<Pruned> {
  const left = (why: string): Pruned => ({ kind: 'left', why });
  const { project, git, listed } = request;
  const worker = listed.worker ?? 0;
  const kept = worktree ? await keepWorktree(request, worktree) : await keepGoneWork(request);
  if (kept.kind === 'cannot') return left(kept.reason);
  const { salvage, about } = kept;
  if (salvage) await events?.record({ type: 'salvage.created', ...salvage, worker, ...about });
  // The salvage may have taken a while, in which anything may have happened to the folder.
  if (worktree && !(await isIntact(git, worktree))) return left(NOT_INTACT);
  const problem = await remove(project, listed, worktree);
  if (problem !== null) return left(problem);
  await events?.record({ type: 'worker.removed', worker });
  await removeWorktreesFolder(dirname(listed.path));
  return { kind: 'removed', salvage: salvage?.ref ?? null };
}

/** The run's journal tells what was kept and removed, so that no later run looks for a parked worker in vain. */
async function openJournalOf(
  { places, env }: Project,
  clock: Clock,
  { run, worker }: ListedWorktree,
  state: RunState | null,
): Promise<RunFolder | null> {
  if (state === null || worker === null || !state.workers.has(worker)) return null;
  return openRunFolder({ run, places, serial: false, clock, env, state }, () => {});
}

/** Removes folder and entry; returns why something is still there. */
async function remove(
  { git, places }: Project,
  { path }: ListedWorktree,
  worktree: Worktree | null,
): Promise<string | null> {
  try {
    await removeWorktree(git, places.home, worktree ?? { path });
    return null;
  } catch (error) {
    // Git gives up at the first folder that it may not write to, with its entry gone and the work salvaged.
    if (!(error instanceof GitError)) throw error;
    if (worktree === null) return error.message;
  }
  try {
    await removeFolder(path);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
