import { type Git, GitError } from './git/git.js';
import { isAncestor } from './git/merge.js';
import { readRef } from './git/refs.js';
import { readStatus } from './git/status.js';
import { operationInProgress } from './git/worktree.js';
import type { Sha } from './ids.js';

/** What is to be landed, and where. */
export interface LandRequest {
  readonly git: Git;
  readonly home: string;
  readonly git_dir: string;
  /** The branch that the run started from. */
  readonly branch: string;
  /** The commit that the run started from. */
  readonly start: Sha;
  readonly trunk: Sha;
  /** Merges the branch's new commits into trunk by step 7, or says why not; null: only a pure fast-forward is tried. */
  readonly catchUp: ((tip: Sha) => Promise<CaughtUp>) | null;
  /** Told before the branch is moved: the intent. */
  readonly onStart: (from: Sha, to: Sha) => Promise<void>;
}

/** Trunk with the branch's new commits in it, or why there is none. */
export type CaughtUp =
  | { readonly kind: 'merged'; readonly trunk: Sha }
  | { readonly kind: 'refused'; readonly reason: string };

/** How a landing ended. Nothing of the user's has been touched unless it landed. */
export type Landed =
  | { readonly kind: 'landed'; readonly from: Sha; readonly to: Sha }
  | { readonly kind: 'refused'; readonly to: Sha; readonly reason: string };

/** The branch may move on while it is merged into trunk; after this many times it is left to the user. */
const MOST_ROUNDS = 3;

/** Brings trunk home, by fast-forward only (LOOP.md §6). */
export async function land(request: LandRequest): Promise<Landed> {
  const { git, home, branch, start } = request;
  let { trunk } = request;
  for (let round = 0; ; round += 1) {
    const refused = (reason: string): Landed => ({ kind: 'refused', to: trunk, reason });
    const obstacle = await findObstacle(request);
    if (obstacle.kind === 'obstacle') return refused(obstacle.reason);
    const { tip } = obstacle;
    if (await isAncestor(git, home, trunk, tip)) return { kind: 'landed', from: tip, to: tip };
    if (await isAncestor(git, home, tip, trunk)) {
      await request.onStart(tip, trunk);
      return await fastForward(request, tip, trunk);
    }
    if (!(await isAncestor(git, home, start, tip))) {
      return refused(
        `${branch} no longer contains ${start.slice(0, 10)}, which the run started from (was it rebased?)`,
      );
    }
    if (!request.catchUp) return refused(`${branch} has moved on since the run started`);
    if (round === MOST_ROUNDS) return refused(`${branch} keeps moving`);
    const caught = await request.catchUp(tip);
    if (caught.kind === 'refused') return refused(caught.reason);
    trunk = caught.trunk;
  }
}

type Obstacle =
  | { readonly kind: 'clear'; readonly tip: Sha }
  | { readonly kind: 'obstacle'; readonly reason: string };

async function findObstacle({ git, home, git_dir, branch }: LandRequest): Promise<Obstacle> {
  const status = await readStatus(git, home);
  const operation = await operationInProgress(git_dir);
  const obstacle = (reason: string): Obstacle => ({ kind: 'obstacle', reason });
  if (operation) return obstacle(`a ${operation} is in progress in ${home}`);
  if (status.branch !== branch) {
    return obstacle(`${home} is on ${status.branch ?? 'a detached HEAD'}, not on ${branch}`);
  }
  // The queue of beads lies in the tree and changes by itself.
  const changed = status.changed.filter((path) => !path.startsWith('.beads/'));
  if (changed.length > 0) {
    const named = changed.slice(0, 3).join(', ');
    return obstacle(`${home} has changes that are not committed: ${named}${changed.length > 3 ? ' …' : ''}`);
  }
  if (status.head === null) return obstacle(`${branch} has no commit`);
  return { kind: 'clear', tip: status.head };
}

/** What `branch.<name>.mergeOptions` is for hew's merge: with --squash or a strategy it would be no fast-forward. */
const NO_OPTIONS = 'HEW_MERGE_OPTIONS';

async function fastForward({ git, home, branch }: LandRequest, from: Sha, to: Sha): Promise<Landed> {
  const args = ['merge', '--ff-only', '--no-autostash', '--no-overwrite-ignore', '--quiet', to];
  const config = `--config-env=branch.${branch}.mergeOptions=${NO_OPTIONS}`;
  const answer = await git.ask(home, [config, ...args], { env: { [NO_OPTIONS]: '' } });
  if (answer.exit_code === 0) {
    const head = await readRef(git, home, 'HEAD');
    // Branches and worktrees are removed on the strength of this: git's exit code alone is not enough.
    if (head === to) return { kind: 'landed', from, to };
    return {
      kind: 'refused',
      to,
      reason: `git merge ended well, and yet ${branch} is at ${head?.slice(0, 10)}`,
    };
  }
  const reason = answer.stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Aborting|hint:|Please )/.test(line))
    .join(' ');
  if (reason === '') throw new GitError(args, home, answer);
  return { kind: 'refused', to, reason: reason.replace(/^(error|fatal): /, '') };
}
