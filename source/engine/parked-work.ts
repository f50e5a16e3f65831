import type { Worktree } from './git/worktree.js';
import type { RunId, Sha, TaskId } from './ids.js';
import type { TrunkContext } from './run-context.js';

/** A worker that a run, this one or an earlier one, has left on disk for a person. */
export interface ParkedWork {
  readonly run: RunId;
  readonly worker: number;
  readonly task: TaskId;
  readonly bug: TaskId;
  /** What its work had come to when it was parked; null when nothing was committed, or that is not known. */
  readonly result: Sha | null;
  readonly worktree: Worktree;
}

/** What this run has parked and not settled yet. */
export function parkedHere(context: TrunkContext): ParkedWork[] {
  const { state } = context.events;
  return [...state.workers.values()].flatMap(({ worker, parked, place, path, git_dir, branch }) =>
    place === 'parked' && parked?.bug
      ? [
          {
            run: context.run,
            worker,
            task: parked.task,
            bug: parked.bug,
            result: parked.result,
            worktree: { path, git_dir, branch },
          },
        ]
      : [],
  );
}
