import { findCollectedProblems } from '../git/collected-problems.js';
import type { Git } from '../git/git.js';
import { operationInProgress } from '../git/operation.js';
import { readRef } from '../git/refs.js';
import { type Salvage, salvage, salvageCommit } from '../git/salvage.js';
import { readStatus } from '../git/status.js';
import { countUnkeptCommits } from '../git/unkept-commits.js';
import type { Worktree } from '../git/worktree.js';
import type { WorktreeListing } from '../git/worktree-list.js';
import { type Sha, shaSchema, type TaskId } from '../ids.js';
import type { Project } from '../open-project.js';
import type { RunState } from '../state.js';
import { branchOf, tipsOf } from './inspect-worktree.js';
import type { ListedWorktree } from './list-worktrees.js';

const REASON = 'its worktree was pruned';

/** What is about to be pruned. */
export interface KeepRequest {
  readonly project: Project;
  /** Ignores what hew had carried into the run's worktrees. */
  readonly git: Git;
  readonly listed: ListedWorktree;
  readonly listing: WorktreeListing;
  /** What the run's journal says, where there is one. */
  readonly state: RunState | null;
}

/** Whose work it is and why it is kept. */
interface About {
  readonly task: TaskId | null;
  readonly attempt: number;
  readonly reason: string;
}

export type KeptWork =
  | { readonly kind: 'kept'; readonly salvage: Salvage | null; readonly about: About }
  /** Git cannot hold what is there: the worktree must stay as it is. */
  | { readonly kind: 'cannot'; readonly reason: string };

/** Salvages what a worktree holds and nothing else keeps. Throws a GitError when git fails. */
export async function keepWorktree(request: KeepRequest, worktree: Worktree): Promise<KeptWork> {
  const { project, git, listed, listing } = request;
  const { home } = project.places;
  const about = whose(request);
  const tips = await tipsOf(project, listed, listing);
  const unkept = await countUnkeptCommits(git, home, tips);
  const { entries, head } = await readStatus(git, worktree.path);
  const operation = await operationInProgress(worktree.git_dir);
  if (unkept === 0 && entries.length === 0 && operation === null)
    return { kind: 'kept', salvage: null, about };
  const base = unkept === 0 ? head : await forkPoint(project, head);
  if (base === null)
    return { kind: 'cannot', reason: `${worktree.path} has no commit to keep its files upon` };
  const problems = await findCollectedProblems(git, worktree, { base, carried: [] });
  if (problems.length > 0) return { kind: 'cannot', reason: problems.join('; ') };
  const own = { ...worktree, branch: branchOf(listed) };
  const { run, worker } = listed;
  const kept = await salvage(git, own, { run, worker: worker ?? 0, base, ...about });
  return { kind: 'kept', salvage: kept, about };
}

/** Salvages the commits of a worktree whose folder is gone, before git forgets where its HEAD was. */
export async function keepGoneWork(request: KeepRequest): Promise<KeptWork> {
  const { project, git, listed, listing } = request;
  const { home } = project.places;
  const about = whose(request);
  const head = listing.head && (await readRef(git, home, listing.head));
  if (head === null || (await countUnkeptCommits(git, home, [head])) === 0)
    return { kind: 'kept', salvage: null, about };
  const { run, worker } = listed;
  const kept = await salvageCommit(git, home, head, { run, worker: worker ?? 0, base: head, ...about });
  return { kind: 'kept', salvage: kept, about };
}

/** Where the work has left what the project's own HEAD holds. */
async function forkPoint({ git, places }: Project, head: Sha | null): Promise<Sha | null> {
  if (head === null || places.head === null) return places.head ?? head;
  const answer = await git.ask(places.home, ['merge-base', places.head, head]);
  return shaSchema.safeParse(answer.stdout.trim()).data ?? places.head;
}

/** What the worker was at when its run ended. */
function whose({ listed, state }: KeepRequest): About {
  const worker = state?.workers.get(listed.worker ?? -1);
  const activity = state?.slots.find((slot) => slot.worker === listed.worker)?.activity;
  if (activity?.kind === 'working') return { task: activity.task, attempt: activity.attempt, reason: REASON };
  return { task: worker?.parked?.task ?? listed.parked?.task ?? null, attempt: 0, reason: REASON };
}
