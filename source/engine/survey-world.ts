import { access, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { workerOfBug } from './conflict-bug.js';
import { isAncestor } from './git/merge.js';
import { listRefs, readRef } from './git/refs.js';
import { readStatus } from './git/status.js';
import { isIntact, operationInProgress, type Worktree } from './git/worktree.js';
import { type Sha, shaSchema, type TaskId, taskIdSchema, workerBranch } from './ids.js';
import type { LooseEnds } from './loose-ends.js';
import type { QueueListing } from './ports.js';
import type { SalvageFound, TrunkCommit, World, WorktreeFound } from './recover.js';
import { type QueueContext, trunkRef } from './run-context.js';
import type { WorkerState } from './state.js';

/** Looks at everything that tells what became of a run that was cut. Changes nothing. Throws a GitError or a QueueError. */
export async function surveyWorld(context: QueueContext, ends: LooseEnds): Promise<World> {
  const { serial, queue } = context;
  const listing = await queue.list();
  return {
    trunk: serial ? new Map() : await trunkLine(context),
    tasks: listing.tasks,
    bugs: conflictBugs(context, listing),
    worktrees: await worktreesOf(context),
    salvages: await salvagesOf(context),
    landing: ends.landing ? await landingOf(context, ends.landing) : 'not_begun',
  };
}

const TRAILERS =
  '%(trailers:key=Hew-Attempt,valueonly,separator=%x2C) %(trailers:key=Hew-Task,valueonly,separator=%x2C)';

async function trunkLine(context: QueueContext): Promise<Map<Sha, TrunkCommit>> {
  const { git, places, start } = context;
  const tip = await readRef(git, places.home, trunkRef(context));
  if (tip === null) return new Map();
  const range = ['log', '--first-parent', `--format=%H ${TRAILERS}`, `${start.sha}..${tip}`, '--'];
  const lines = (await git.text(places.home, range)).split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [sha, attempt = '', task = ''] = line.split(' ');
      return [
        shaSchema.parse(sha),
        { task: task === '' ? null : task, attempt: attempt === '' ? null : Number(attempt) },
      ];
    }),
  );
}

function conflictBugs({ run }: QueueContext, { tasks }: QueueListing): Map<number, TaskId> {
  return new Map(
    [...tasks.values()].flatMap((task) => {
      const worker = workerOfBug(task, run);
      return worker === null ? [] : [[worker, task.id] as const];
    }),
  );
}

async function worktreesOf(context: QueueContext): Promise<Map<number, WorktreeFound>> {
  const { git, serial, events } = context;
  if (serial) return new Map([[0, 'intact']]);
  const found = new Map<number, WorktreeFound>();
  for (const worker of events.state.workers.values()) {
    if (worker.place !== 'removed') found.set(worker.worker, await worktreeFound(context, worker));
  }
  for (const number of await numberedFolders(context.worktrees)) {
    if (events.state.workers.has(number)) continue;
    const worktree = await untoldWorktree(context, number);
    found.set(number, worktree && (await isIntact(git, worktree)) ? 'intact' : 'changed');
  }
  return found;
}

async function worktreeFound({ git }: QueueContext, worker: WorkerState): Promise<WorktreeFound> {
  if (await isIntact(git, worker)) return 'intact';
  return (await isThere(worker.path)) ? 'changed' : 'gone';
}

/** The numbers of the worktrees that lie in the run's folder, whoever knows of them. */
export async function numberedFolders(worktrees: string): Promise<number[]> {
  const names = await readdir(worktrees).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names.filter((name) => /^(0|[1-9]\d{0,5})$/.test(name)).map(Number);
}

/** A worktree of this repository that no event tells of, as git finds it; null when git finds something else there. */
export async function untoldWorktree(
  { git, places, worktrees, run }: QueueContext,
  worker: number,
): Promise<Worktree | null> {
  const path = join(worktrees, String(worker));
  const folder = await stat(path).catch(() => null);
  if (!folder?.isDirectory()) return null;
  const answer = await git.ask(path, ['rev-parse', '--absolute-git-dir']);
  const git_dir = answer.stdout.trimEnd();
  if (answer.exit_code !== 0 || dirname(git_dir) !== join(places.common_dir, 'worktrees')) return null;
  return { path, git_dir, branch: workerBranch(run, worker) };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const FIELDS = ['Hew-Worker', 'Hew-Attempt', 'Hew-Task', 'Hew-Reason'] as const;

async function salvagesOf({ git, places, run }: QueueContext): Promise<SalvageFound[]> {
  const prefix = `refs/hew/salvage/${run}`;
  const refs = await listRefs(git, places.home, [prefix]);
  return Promise.all(
    [...refs].map(async ([ref, sha]) => {
      const format = FIELDS.map((key) => `%(trailers:key=${key},valueonly)`).join('%x00');
      const told = await git.text(places.home, ['show', '--no-patch', `--format=${format}`, sha, '--']);
      const [, attempt = '', task = '', reason = ''] = told.split('\0').map((field) => field.trim());
      return {
        ref,
        sha: shaSchema.parse(sha),
        worker: Number(/\/w(\d+)\/\d+$/.exec(ref)?.[1] ?? 0),
        task: taskIdSchema.safeParse(task).data ?? null,
        attempt: Number(attempt) || 0,
        reason,
      };
    }),
  );
}

/** How far a landing came that is not told to have ended: an ancestor test, and a look at home, which nothing touches. */
async function landingOf(
  { git, places }: QueueContext,
  { branch, from, to }: NonNullable<LooseEnds['landing']>,
): Promise<World['landing']> {
  const { home, git_dir } = places;
  const tip = await readRef(git, home, `refs/heads/${branch}`);
  if (tip !== null && (await isAncestor(git, home, to, tip))) return 'landed';
  const status = await readStatus(git, home);
  if (status.branch !== branch) return 'not_begun';
  const changed = status.changed.filter((path) => !path.startsWith('.beads/'));
  const landing = new Set(
    await git.list(home, ['diff', '--name-only', '--no-renames', '-z', from, to, '--']),
  );
  const begun =
    changed.some((path) => landing.has(path)) ||
    status.untracked.some((path) => landing.has(path)) ||
    (await isThere(join(git_dir, 'index.lock'))) ||
    (await operationInProgress(git_dir)) === 'merge';
  return begun ? 'cut' : 'not_begun';
}
