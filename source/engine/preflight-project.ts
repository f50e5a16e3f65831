import type { Ground } from './find-ground.js';
import { type Git } from './git/git.js';
import type { Places } from './git/places.js';
import { parseRefs, refsCommand } from './git/refs.js';
import { readStatus } from './git/status.js';
import { operationInProgress } from './git/worktree.js';
import { findLiveRun } from './run-lock.js';

/** What the state of the repository is asked about. */
export interface ProjectChecks {
  readonly serial: boolean;
  readonly ignore_unlanded: boolean;
  /** A dry run claims and merges nothing, so it may stand beside a live run. */
  readonly dry_run: boolean;
}

/** Everything in the repository that stands against a start, each with what mends it (LOOP.md §1 and §2). */
export async function projectProblems(ground: Ground, checks: ProjectChecks): Promise<string[]> {
  const { git, places } = ground;
  const [tracked = '', listed = ''] = await git.texts(places.home, [
    ['ls-files', '-z', '--', ':(top).hew'],
    // The branch "loop", or all those below it.
    refsCommand(['refs/heads/loop']),
  ]);
  const refs = [...parseRefs(listed).keys()];
  const found = await Promise.all([
    unfinishedOperation(places),
    checks.ignore_unlanded
      ? []
      : unlandedTrunks(
          ground,
          refs.filter((ref) => TRUNK.test(ref)),
        ),
    checks.dry_run ? [] : liveRun(places),
    checks.serial ? dirtyHome(git, places) : [],
  ]);
  return [...trackedFolder(tracked), ...loopBranch(refs), ...found.flat()];
}

const TRUNK = /^refs\/heads\/loop\/[^/]+\/trunk$/;

function trackedFolder(tracked: string): string[] {
  if (tracked === '') return [];
  return [
    '.hew is tracked by git, and every run would change it. Take it out: git rm -r --cached .hew && git commit',
  ];
}

function loopBranch(refs: readonly string[]): string[] {
  if (!refs.includes('refs/heads/loop')) return [];
  return [
    'The branch "loop" leaves no room for hew\'s branches loop/…. Rename it: git branch -m loop <other name>',
  ];
}

async function unfinishedOperation(places: Places): Promise<string[]> {
  const operation = await operationInProgress(places.git_dir);
  if (!operation) return [];
  const mend =
    operation === 'bisect' ? 'git bisect reset' : `git ${operation} --continue, or git ${operation} --abort`;
  return [`A ${operation} is in progress in ${places.home}. End it first: ${mend}`];
}

/** Tasks that an unlanded run has closed would have dependents here without their blockers' code. */
async function unlandedTrunks(
  { git, places, ...ground }: Ground,
  trunks: readonly string[],
): Promise<string[]> {
  if (places.head === null) return [];
  const cut = new Set(ground.cut.map(({ run }) => String(run)));
  const problems: string[] = [];
  for (const ref of trunks) {
    const run = ref.split('/')[3] ?? '';
    const count = ['rev-list', '--count', '--merges', '--first-parent', `HEAD..${ref}`];
    const merges = Number(await git.text(places.home, count));
    if (merges === 0) continue;
    const land = cut.has(run) ? `hew loop resume ${run}, or hew loop abandon ${run}` : `hew loop land ${run}`;
    problems.push(
      `${run} has ${merges} ${merges === 1 ? 'merge' : 'merges'} that never landed here. Land them: ${land} (or start with --ignore-unlanded)`,
    );
  }
  return problems;
}

async function liveRun(places: Places): Promise<string[]> {
  const live = await findLiveRun(places.common_dir);
  return live ? [liveRunProblem(live)] : [];
}

/** What is said when another run is alive in the repository. */
export function liveRunProblem(live: { readonly run_id: string | null; readonly holder: string }): string {
  return `${live.run_id ?? 'A run'} is alive in this repository (${live.holder}). Wait for its end, or stop it first.`;
}

async function dirtyHome(git: Git, places: Places): Promise<string[]> {
  const status = await readStatus(git, places.home);
  const paths = [...status.changed, ...status.untracked];
  const problems: string[] = [];
  if (places.branch === null) {
    problems.push(
      'With --jobs 1 the work is done on the branch checked out here, and HEAD is detached. Check one out: git switch <branch>',
    );
  }
  if (paths.length > 0) {
    const named = `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ' …' : ''}`;
    problems.push(
      `With --jobs 1 the work is done in this checkout, and it has changes: ${named}. Commit or stash them, or use --jobs 2`,
    );
  }
  return problems;
}
