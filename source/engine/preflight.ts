import { access, constants, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chooseGate } from './choose-gate.js';
import { findRuntimes } from './find-runtimes.js';
import type { Clock } from './clock.js';
import type { Gate } from './gate/find-gate.js';
import { findGround, type GroundResult } from './find-ground.js';
import type { Environments } from './git/environment.js';
import { Git } from './git/git.js';
import { hewHome, type Places, worktreesFolder } from './git/places.js';
import { newRunId, type RunId, type Sha } from './ids.js';
import { makeEnvironments } from './make-environments.js';
import type { Memory, QueueListing, TaskQueue } from './ports.js';
import { QueueError } from './ports.js';
import { cutRunProblems } from './preflight-cut-runs.js';
import { projectProblems } from './preflight-project.js';
import { promptPrefix } from './prompt.js';
import { readSkill } from './read-skill.js';
import { RED_GATE_STATUS } from './remember-red-gate.js';
import type { RuntimePlan } from './runtime-pool.js';
import { openQueue } from './queue/open-queue.js';
import { QUEUE_COMMANDS } from './queue/queue-commands.js';
import { scopeProblem } from './schedule.js';
import { reapDeadRuns } from './reap-dead-runs.js';
import { readSettings, resolveSettings, type Settings, SettingsError } from './settings.js';
import type { StartRequest } from './start-request.js';
import { type Carried } from './worktree/carry-files.js';
import { findCarried } from './worktree/find-carried.js';

/** Everything that a run needs, found and checked before anything is claimed. */
export interface RunPlan {
  readonly run: RunId;
  readonly request: StartRequest;
  readonly settings: Settings;
  readonly places: Places;
  readonly start: { readonly sha: Sha; readonly branch: string | null };
  readonly worktrees: string;
  /** `~/.hew`, or where `HEW_HOME` says. */
  readonly hew_home: string;
  readonly git: Git;
  readonly environments: Environments;
  readonly queue: TaskQueue;
  readonly listing: QueueListing;
  readonly runtimes: RuntimePlan;
  /** What every prompt of the run begins with. */
  readonly prompt_prefix: string;
  /** Null in a run without a gate. */
  readonly gate: Gate | null;
  readonly carried: Carried;
  /** What there is to tell of dead runs whose processes were ended. */
  readonly reaped: readonly string[];
}

export type Preflight =
  | { readonly kind: 'ready'; readonly plan: RunPlan }
  /** Every problem at once, each with what mends it. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * Checks everything that a run needs. Claims nothing, and writes nothing but the run's list of excluded files and the folder
 * above it. `found` is the ground where it has been looked for before.
 */
export async function preflight(request: StartRequest, found?: GroundResult): Promise<Preflight> {
  const refused = (...problems: string[]): Preflight => ({ kind: 'refused', problems });
  const looked = found ?? (await findGround(request));
  if (looked.kind === 'missing') return refused(...looked.problems);
  const { ground } = looked;
  const { env: plain, git: plainGit, places } = ground;
  const problems = [...ground.problems];
  const reaped = await reapDeadRuns(places);
  const start = places.head;
  if (start === null) {
    problems.push('There is no commit yet. Make the first: git add --all && git commit -m "First commit"');
  }

  const settings = await readSettingsFor(request, places, problems);
  const gate = settings && (await chooseGate(request.options.gate, places.home, settings, problems));
  const queue = await openQueueFor(request, places, plain, problems);
  const listing = queue && (await listQueue(queue, settings, problems));
  const runtimes = settings && (await findRuntimes(settings, { home: places.home, env: plain }, problems));
  const skill = settings && (await readSkill(settings.loop.skill, places.home, problems));
  const memories = listing && queue ? await readMemories(queue, problems) : [];
  const { dry_run, ignore_unlanded, ignore_crashed } = request.options;
  const serial = settings?.loop.jobs === 1;
  problems.push(...(await projectProblems(ground, { serial, ignore_unlanded, dry_run })));
  if (listing && !dry_run && !ignore_crashed) problems.push(...cutRunProblems(ground.cut, listing));
  if (problems.length > 0 || !start || !settings || gate === undefined || !queue || !listing) {
    return refused(...problems);
  }
  if (!runtimes || skill === null) {
    return refused(...problems);
  }

  const run = newRunId(request.clock.now());
  const hew_home = await hewHome(request.env);
  const worktrees = worktreesFolder(hew_home, run);
  const unwritable = serial || dry_run ? null : await worktreesProblem(worktrees);
  if (unwritable !== null) return refused(unwritable);
  const carried = serial ? NOTHING_CARRIED : await findCarried(plainGit, places.home, settings.worktree);
  const all = await makeEnvironments({ git: plainGit, home: places.home, env: plain, worktrees, carried });
  return {
    kind: 'ready',
    plan: {
      run,
      request,
      settings,
      places,
      start: { sha: start, branch: places.branch },
      worktrees,
      hew_home,
      git: new Git(all.hew),
      environments: all,
      queue,
      listing,
      runtimes,
      prompt_prefix: promptPrefix({ skill, memories }),
      gate,
      carried,
      reaped,
    },
  };
}

/** Says why no worktree could be made there; null when it can be. Before anything is claimed, it costs nothing. */
async function worktreesProblem(worktrees: string): Promise<string | null> {
  const folder = dirname(worktrees);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `Worktrees cannot be made in ${folder} (${code}). Give write access, or name another folder: HEW_HOME=<folder>`;
  }
}

/** What a run carries into worktrees that has none, or needs none carried. */
export const NOTHING_CARRIED: Carried = {
  copied: [],
  linked: [],
  patterns: [],
  missing: [],
  tracked: [],
  not_ignored: [],
};

async function readSettingsFor(
  request: StartRequest,
  places: Places,
  problems: string[],
): Promise<Settings | null> {
  try {
    return resolveSettings(await readSettings(places.home), request.flags);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.message.split('\n'));
    return null;
  }
}

/** Opens the project's queue; null when there is a problem, which is added to `problems`. */
export async function openQueueFor(
  request: { readonly options: Pick<StartRequest['options'], 'queue'>; readonly clock: Clock },
  places: Places,
  env: Readonly<Record<string, string>>,
  problems: string[],
): Promise<TaskQueue | null> {
  const now = (): Date => request.clock.now();
  const opened = await openQueue({ choice: request.options.queue, places, env, now });
  if (opened.kind === 'opened') return opened.queue;
  problems.push(opened.problem);
  return null;
}

async function listQueue(
  queue: TaskQueue,
  settings: Settings | null,
  problems: string[],
): Promise<QueueListing | null> {
  try {
    const listing = await queue.list();
    const tasks = [...listing.tasks.values()];
    const problem = tasks.some((task) => task.status !== 'closed')
      ? settings && scopeProblem(listing, settings.loop)
      : `The queue is empty: there is no task that is not closed. File one: ${QUEUE_COMMANDS[queue.kind].create}`;
    if (!problem) return listing;
    problems.push(problem);
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    problems.push(error.message);
  }
  return null;
}

/** What agents are to know; what hew itself keeps of red gates is for people, and grows with every night. */
export async function readMemories(queue: TaskQueue, problems: string[]): Promise<readonly Memory[]> {
  try {
    return (await queue.memories()).filter(({ value }) => !value.startsWith(RED_GATE_STATUS));
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    problems.push(error.message);
    return [];
  }
}
