import { countUnkeptCommits } from '../git/unkept-commits.js';
import { readRef } from '../git/refs.js';
import { readStatus } from '../git/status.js';
import { type WorktreeListing, worktreeAt } from '../git/worktree-list.js';
import { type Sha, workerBranch } from '../ids.js';
import type { Project } from '../open-project.js';
import { folderSize } from './folder-size.js';
import type { ListedWorktree } from './list-worktrees.js';

/** What a worktree holds. */
export interface WorktreeContents {
  /** On disk; null when it cannot be told. */
  readonly bytes: number | null;
  /** Commits that nothing but the worker's own branch and HEAD hold. */
  readonly unkept_commits: number;
  /** Files that are changed or new and not committed; ignored ones do not count. */
  readonly uncommitted: number;
}

/** Looks into a worktree: some seconds when it is large. Rejects with a GitError where git cannot read it. */
export async function inspectWorktree(
  project: Project,
  listed: ListedWorktree,
  signal?: AbortSignal,
): Promise<WorktreeContents> {
  const [bytes, work] = await Promise.all([folderSize(listed.path, signal), unkeptWork(project, listed)]);
  return { bytes, ...work };
}

/** The name of the branch that the worktree was made with. */
export function branchOf({
  run,
  worker,
  listing,
}: Pick<ListedWorktree, 'run' | 'worker' | 'listing'>): string {
  return worker === null ? (listing?.branch ?? '') : workerBranch(run, worker);
}

async function unkeptWork(
  project: Project,
  listed: ListedWorktree,
): Promise<Omit<WorktreeContents, 'bytes'>> {
  const { places } = project;
  const { listing } = listed;
  if (listing === null) return { unkept_commits: 0, uncommitted: 0 };
  const git = await project.gitOf(listed.run);
  const tips = await tipsOf(project, listed, listing);
  const unkept_commits = await countUnkeptCommits(git, places.home, tips);
  const worktree = await worktreeAt(git, places.common_dir, listing);
  if (worktree === null) return { unkept_commits, uncommitted: 0 };
  const { entries } = await readStatus(git, worktree.path);
  return { unkept_commits, uncommitted: entries.length };
}

/** Where HEAD and the branch of the worktree are. */
export async function tipsOf(
  { git, places }: Project,
  listed: ListedWorktree,
  listing: WorktreeListing,
): Promise<Sha[]> {
  const branch = await readRef(git, places.home, `refs/heads/${branchOf(listed)}`);
  const head = listing.head && (await readRef(git, places.home, listing.head));
  return [...new Set([head, branch].filter((tip) => tip !== null))];
}
