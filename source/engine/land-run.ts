import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { bringHome, isHome, removeLanded } from './bring-home.js';
import { chooseGate } from './choose-gate.js';
import type { Clock } from './clock.js';
import type { EventStream } from './event-stream.js';
import { unboundEnvironment } from './git/environment.js';
import { Git } from './git/git.js';
import { findPlaces, hewHome, type Places, runFolder, worktreesFolder } from './git/places.js';
import { listRefs } from './git/refs.js';
import { type RunId, runIdSchema, trunkBranch } from './ids.js';
import { makeEnvironments } from './make-environments.js';
import { openGuardedFolder } from './open-guarded-folder.js';
import { trunkContext } from './open-run.js';
import { childEnvironment } from './processes/child-environment.js';
import { readJournal } from './read-journal.js';
import { reapDeadRuns } from './reap-dead-runs.js';
import { replay } from './replay.js';
import type { TrunkContext, Worker } from './run-context.js';
import { findLiveRun } from './run-lock.js';
import { readSettings, resolveSettings } from './settings.js';
import type { RunState } from './state.js';
import { createWorker } from './workers.js';
import { findCarried } from './worktree/find-carried.js';

/** What `hew loop land` is asked for. */
export interface LandRunRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The run; null for the newest one whose trunk is still there. */
  readonly run: string | null;
  readonly aborted: AbortSignal;
}

export type LandRunResult =
  | { readonly kind: 'tried'; readonly state: RunState }
  | { readonly kind: 'refused'; readonly problem: string };

/** Brings the trunk of a run that has ended home, as its end would have (LOOP.md §6). `listen` is told as in a run. */
export async function landRun(
  request: LandRunRequest,
  listen: (events: EventStream) => void,
): Promise<LandRunResult> {
  const refused = (problem: string): LandRunResult => ({ kind: 'refused', problem });
  const env = await unboundEnvironment(childEnvironment(request.env));
  const git = new Git({ ...env, GIT_OPTIONAL_LOCKS: '0' });
  const found = await findPlaces(git, request.cwd);
  if (found.kind === 'missing') return refused(found.problem);
  const { places } = found;
  const reaped = await reapDeadRuns(places);
  const run = await chooseRun(git, places, request.run);
  if (typeof run === 'object') return refused(run.problem);
  const live = await findLiveRun(places.common_dir);
  if (live && live.run_id === run) return refused(`${run} is alive (${live.holder}): it lands at its end.`);
  const folder = runFolder(places, run);
  const release = await lock(folder, { retries: 0 }).catch((error: NodeJS.ErrnoException) => error);
  if (release instanceof Error) return refused(whyNoLock(release, run, folder));
  try {
    const { events: past } = await readJournal(join(folder, 'events.jsonl'));
    const state = replay(past);
    if (!state.run || state.run.trunk === null)
      return refused(`${run} has no trunk: there is nothing to land.`);
    return await landState(request, { run, git, places, env, state, reaped }, listen);
  } finally {
    await release();
  }
}

function whyNoLock(error: NodeJS.ErrnoException, run: RunId, folder: string): string {
  if (error.code === 'ELOCKED') return `${run} is being landed by another hew just now.`;
  if (error.code !== 'ENOENT') throw error;
  return `The files of ${run} are gone (${folder}). Its merges are on its trunk: git merge --ff-only ${trunkBranch(run)}`;
}

async function chooseRun(
  git: Git,
  places: Places,
  asked: string | null,
): Promise<RunId | { readonly problem: string }> {
  const trunks = await listRefs(git, places.home, ['refs/heads/loop/*/trunk']);
  const runs = [...trunks.keys()]
    .flatMap((ref) => runIdSchema.safeParse(ref.split('/')[3]).data ?? [])
    .sort();
  if (asked === null) return runs.at(-1) ?? { problem: 'No run waits to be landed here.' };
  const run = runIdSchema.safeParse(asked).data;
  if (!run) return { problem: `"${asked}" is not a run id. hew loop land without one takes the newest.` };
  if (runs.includes(run)) return run;
  const others = runs.length === 0 ? 'no other run waits, either' : `these wait: ${runs.join(', ')}`;
  return {
    problem: `${run} has no trunk here (${trunkBranch(run)}): it has landed, or belongs elsewhere; ${others}.`,
  };
}

interface PastRun {
  readonly run: RunId;
  readonly git: Git;
  readonly places: Places;
  readonly env: Readonly<Record<string, string>>;
  readonly state: RunState;
  /** What there is to tell of dead runs whose processes were ended. */
  readonly reaped: readonly string[];
}

async function landState(
  request: LandRunRequest,
  past: PastRun,
  listen: (events: EventStream) => void,
): Promise<LandRunResult> {
  const { places, state, run } = past;
  const started = state.run;
  if (!started) return { kind: 'refused', problem: `${run} has never started.` };
  const settings = resolveSettings(await readSettings(places.home), {});
  const problems: string[] = [];
  const gate = await chooseGate(!started.ungated, places.home, settings, problems);
  if (gate === undefined) return { kind: 'refused', problem: problems.join('\n') };
  const worktrees = worktreesFolder(await hewHome(request.env), run);
  const carried = await findCarried(past.git, places.home, settings.worktree);
  const environments = await makeEnvironments({
    git: past.git,
    home: places.home,
    env: past.env,
    worktrees,
    carried,
  });
  const { clock, env } = request;
  const opened = await openGuardedFolder(
    { run, places, serial: false, clock, state, env, agents: settings.agents },
    listen,
  );
  for (const text of past.reaped) opened.events.note({ type: 'notice', level: 'warning', text });
  try {
    const basis = {
      run,
      places,
      settings,
      environments,
      gate,
      carried,
      worktrees,
      clock,
      git: new Git(environments.hew),
      serial: false,
      start: { sha: started.starting_sha, branch: started.starting_branch ?? places.branch },
    };
    const context = await trunkContext(basis, opened, request.aborted);
    await landAndClean(context);
    return { kind: 'tried', state: opened.events.state };
  } finally {
    await opened.close();
  }
}

async function landAndClean(context: TrunkContext): Promise<void> {
  const { state } = context.events;
  const workers: Worker[] = [...state.workers.values()]
    .filter((worker) => worker.place === 'active')
    .map(({ worker, slot, path, git_dir, branch, iterations }) => ({
      worker,
      slot,
      worktree: { path, git_dir, branch },
      iterations,
      setup: null,
      // A run that was killed may have left work in it.
      unsaved: true,
    }));
  const borrow = async (): Promise<Worker> => {
    const made = await createWorker(context, Math.max(-1, ...state.workers.keys()) + 1, 1);
    workers.push(made);
    return made;
  };
  await bringHome(context, borrow, true);
  if (isHome(context)) await removeLanded(context, workers);
}
