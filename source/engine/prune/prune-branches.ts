import { listWorktreesOfGit } from '../git/worktree-list.js';
import { changeRefs, listRefs } from '../git/refs.js';
import { type RunId, runIdSchema, type Sha, shaSchema } from '../ids.js';
import type { Project } from '../open-project.js';
import { findLiveRun } from '../run-lock.js';
import { readRunRemains } from './run-remains.js';

/** A branch of a run that nothing needs any more: all that it holds is on a branch of the user's. */
export interface SpentBranch {
  readonly run: RunId;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly sha: Sha;
}

/** Which runs' branches are looked at. */
export interface BranchLimits {
  /** Null for all runs that are not alive. */
  readonly run: RunId | null;
  /** How long ago the run must have been heard of last; null for any time. */
  readonly older_than_ms: number | null;
  /** Branches whose worktree is about to be pruned: that they are checked out there does not keep them. */
  readonly freed: ReadonlySet<string>;
}

/**
 * The branches `loop/<run>/…` whose tip is reachable from a branch outside of `loop/`, which no worktree has checked out, and
 * whose run is not alive. So a trunk that has not landed is never among them.
 */
export async function spentBranches(
  project: Project,
  limits: BranchLimits,
  now: Date,
): Promise<SpentBranch[]> {
  const { git, places } = project;
  const checkedOut = new Set((await listWorktreesOfGit(git, places.home)).map(({ branch }) => branch));
  const refs = await listRefs(git, places.home, ['refs/heads/loop/']);
  const mayGo = runFilter(project, limits, now);
  const spent: SpentBranch[] = [];
  for (const [ref, object] of refs) {
    const branch = ref.slice('refs/heads/'.length);
    const run = runIdSchema.safeParse(branch.split('/')[1]).data;
    const sha = shaSchema.parse(object);
    if (!run || (checkedOut.has(branch) && !limits.freed.has(branch)) || !(await mayGo(run))) continue;
    if (await isOnOtherBranch(project, sha)) spent.push({ run, branch, sha });
  }
  return spent;
}

/** Deletes branches that spentBranches() has found; one that has moved meanwhile stays. Returns those that are gone. */
export async function removeBranches(
  project: Project,
  spent: readonly SpentBranch[],
): Promise<SpentBranch[]> {
  const gone: SpentBranch[] = [];
  for (const each of spent) {
    const change = { ref: `refs/heads/${each.branch}`, old: each.sha, next: null };
    if (await changeRefs(project.git, project.places.home, [change])) gone.push(each);
  }
  return gone;
}

function runFilter(
  { places }: Project,
  { run: named, older_than_ms }: BranchLimits,
  now: Date,
): (run: RunId) => Promise<boolean> {
  const known = new Map<RunId, Promise<boolean>>();
  const look = async (run: RunId): Promise<boolean> => {
    const { life, heard_of } = await readRunRemains(places, run, await findLiveRun(places.common_dir));
    if (life.kind === 'alive' || life.kind === 'busy') return false;
    return older_than_ms === null || now.getTime() - heard_of.getTime() > older_than_ms;
  };
  return (run) => {
    if (named !== null && run !== named) return Promise.resolve(false);
    const answer = known.get(run) ?? look(run);
    known.set(run, answer);
    return answer;
  };
}

async function isOnOtherBranch({ git, places }: Project, sha: Sha): Promise<boolean> {
  const others = await git.text(places.home, [
    'rev-list',
    '--max-count=1',
    sha,
    '--not',
    '--exclude=loop/*',
    '--branches',
    '--',
  ]);
  return others === '';
}
