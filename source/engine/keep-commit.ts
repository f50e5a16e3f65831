import { type Salvage, salvageCommit, type SalvageRequest } from './git/salvage.js';
import type { Sha, TaskId } from './ids.js';
import type { TrunkContext } from './run-context.js';

/** Whose commit is kept, and why. */
export interface KeepCommitRequest extends Omit<SalvageRequest, 'run' | 'task'> {
  readonly task: TaskId | null;
}

/** Salvages a commit that is about to lose its last ref, and tells of it (LOOP.md §5). Throws a GitError when git fails. */
export async function keepCommit(
  context: TrunkContext,
  commit: Sha,
  request: KeepCommitRequest,
): Promise<Salvage> {
  const { git, places, run, events } = context;
  const kept = await salvageCommit(git, places.home, commit, { ...request, run });
  const { worker, task, attempt, reason } = request;
  await events.record({ type: 'salvage.created', ...kept, worker, task, attempt, reason });
  return kept;
}
