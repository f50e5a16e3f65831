import { findCollectedProblems } from './git/collected-problems.js';
import { type Salvage, salvage, salvageCommit, type SalvageRequest } from './git/salvage.js';
import { isIntact } from './git/worktree.js';
import type { Sha, TaskId } from './ids.js';
import { NOT_INTACT } from './prepare.js';
import type { TrunkContext, Worker } from './run-context.js';

/** Whose work is kept, and why. */
export interface KeepRequest {
  readonly worker: Worker;
  readonly task: TaskId | null;
  readonly attempt: number;
  /** What the work began from. */
  readonly base: Sha;
  readonly reason: string;
  /** The commit that holds all of the work, where it has been collected. */
  readonly result: Sha | null;
}

/** Whether the worktree may now be reset or removed without losing anything. */
export type Kept =
  | { readonly kind: 'kept'; readonly ref: string | null }
  /** Git cannot hold what is there: the worktree must stay as it is. */
  | { readonly kind: 'cannot'; readonly reason: string };

/** Salvages the work of an attempt that was not merged (LOOP.md §5). Throws a GitError when git fails. */
export async function keepWork(context: TrunkContext, request: KeepRequest): Promise<Kept> {
  const { git, run, carried } = context;
  const { worker, result, base } = request;
  const { worktree } = worker;
  if (!(await isIntact(git, worktree))) return { kind: 'cannot', reason: NOT_INTACT };
  const about: SalvageRequest = {
    run,
    worker: worker.worker,
    task: request.task,
    attempt: request.attempt,
    reason: request.reason,
    base,
  };
  let kept: Salvage | null;
  if (result) {
    kept = result === base ? null : await salvageCommit(git, worktree.path, result, about);
  } else {
    const paths = [...carried.copied, ...carried.linked];
    const problems = await findCollectedProblems(git, worktree, { base, carried: paths });
    if (problems.length > 0) return { kind: 'cannot', reason: problems.join('; ') };
    kept = await salvage(git, worktree, about);
  }
  if (kept) {
    const { task, attempt, reason } = request;
    const event = { ...kept, worker: worker.worker, task, attempt, reason };
    await context.events.record({ type: 'salvage.created', ...event });
  }
  worker.unsaved = false;
  return { kind: 'kept', ref: kept?.ref ?? null };
}
