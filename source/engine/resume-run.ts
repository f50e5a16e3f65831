import { chooseGate } from './choose-gate.js';
import { checkBase } from './check-base.js';
import { type CutRun, findCutRun, readPastRun } from './cut-run.js';
import { earlierAttempts } from './earlier-attempts.js';
import { deadFor } from './dead-for.js';
import { endLeftovers } from './end-leftovers.js';
import type { EventStream } from './event-stream.js';
import { findRuntimes } from './find-runtimes.js';
import { finishSettled } from './finish-settled.js';
import { unboundEnvironment } from './git/environment.js';
import { Git } from './git/git.js';
import { hewHome, worktreesFolder } from './git/places.js';
import { readStatus } from './git/status.js';
import { operationInProgress } from './git/worktree.js';
import { looseEnds } from './loose-ends.js';
import { makeEnvironments } from './make-environments.js';
import { type OpenedRun, openRun, type RunBasis } from './open-run.js';
import { NOTHING_CARRIED, openQueueFor, readMemories } from './preflight.js';
import { promptPrefix } from './prompt.js';
import { readSkill } from './read-skill.js';
import { liveRunProblem } from './preflight-project.js';
import { homeProblem } from './prepare-home.js';
import { childEnvironment } from './processes/child-environment.js';
import { endOnRedBase, goOn, type RunStart } from './run.js';
import type { RunContext, StandingWorkers, Worker } from './run-context.js';
import { reapDeadRuns } from './reap-dead-runs.js';
import { takeRunLock } from './run-lock.js';
import { readSettings, resolveSettings, type Settings, SettingsError } from './settings.js';
import type { LoopSettings } from './settings-schema.js';
import { settleRun } from './settle-run.js';
import type { StartRequest } from './start-request.js';
import type { RunStarted } from './state.js';
import { createWorker } from './workers.js';
import { findCarried } from './worktree/find-carried.js';

/** What `hew loop resume` is asked for; flags that are given win over what the run had. */
export interface ResumeRequest extends StartRequest {
  /** The run; null for the newest one that was cut. */
  readonly run: string | null;
}

/** A cut run, and all that is needed to go on with it. */
export interface ResumePlan {
  readonly cut: CutRun;
  readonly basis: RunBasis;
  readonly options: StartRequest['options'];
}

export type ResumeCheck =
  | { readonly kind: 'ready'; readonly plan: ResumePlan }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Checks whether a run that was cut can be taken up. Claims nothing, and ends no process. */
export async function planResume(request: ResumeRequest): Promise<ResumeCheck> {
  const env = await unboundEnvironment(childEnvironment(request.env));
  const git = new Git({ ...env, GIT_OPTIONAL_LOCKS: '0' });
  const found = await findCutRun(git, request.cwd, request.run);
  if (found.kind === 'refused') return { kind: 'refused', problems: [found.problem] };
  const { cut } = found;
  const { places, started, run } = cut;
  const problems: string[] = [];
  const settings = await settingsOf(started, places.home, request.flags, problems);
  const wanted = request.options.gate && !started.ungated;
  const gate = settings && (await chooseGate(wanted, places.home, settings, problems));
  const options = { ...request.options, queue: started.queue };
  const queue = await openQueueFor({ options, clock: request.clock }, places, env, problems);
  const runtimes = settings && (await findRuntimes(settings, { home: places.home, env }, problems));
  const skill = settings && (await readSkill(settings.loop.skill, places.home, problems));
  const memories = queue && (await readMemories(queue, problems));
  if (problems.length > 0 || !settings || gate === undefined || !queue) return { kind: 'refused', problems };
  if (!runtimes || skill === null || memories === null) return { kind: 'refused', problems };
  const serial = started.mode === 'serial';
  const hew_home = await hewHome(request.env);
  const worktrees = worktreesFolder(hew_home, run);
  const carried = serial ? NOTHING_CARRIED : await findCarried(git, places.home, settings.worktree);
  const environments = await makeEnvironments({ git, home: places.home, env, worktrees, carried });
  const basis: RunBasis = {
    run,
    places,
    settings,
    environments,
    queue,
    runtimes,
    prompt_prefix: promptPrefix({ skill, memories }),
    hew_home,
    env: request.env,
    gate,
    carried,
    worktrees,
    serial,
    git: new Git(environments.hew),
    start: { sha: started.starting_sha, branch: started.starting_branch },
    clock: request.clock,
  };
  return { kind: 'ready', plan: { cut, basis, options } };
}

/** The run's own slots, runtime, attempts and limits, but for what a flag says; all else as home says it now. */
async function settingsOf(
  started: RunStarted,
  home: string,
  flags: LoopSettings,
  problems: string[],
): Promise<Settings | null> {
  try {
    const named = flags.runtime ?? flags.agent_command;
    const runtime = named === undefined ? { runtime: started.runtime.split(',') } : {};
    const now = resolveSettings(await readSettings(home), { ...flags, ...runtime });
    const { limits } = started;
    return {
      ...now,
      loop: {
        ...now.loop,
        jobs: started.jobs,
        attempts: flags.attempts ?? started.attempts,
        limits: {
          max_iter: flags.max_iter ?? limits.max_iter,
          budget_tokens: flags.budget_tokens ?? limits.budget_tokens,
          budget_cost: flags.budget_cost ?? limits.budget_cost,
          budget_wall_ms: flags.budget_wall ?? limits.budget_wall_ms,
        },
      },
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.message.split('\n'));
    return null;
  }
}

/**
 * Takes a run up that was cut: ends what it left running, settles what it was in the middle of, and goes on in the same
 * journal. Refused when it has been taken up, or has ended, meanwhile. Throws a GitError or a QueueError where the world
 * cannot be read; the run can be taken up again then.
 */
export async function resumeRun(plan: ResumePlan, listen: (events: EventStream) => void): Promise<RunStart> {
  const { places, run } = plan.cut;
  const taken = await takeRunLock(places.common_dir, run);
  if (taken.kind === 'held') return { kind: 'refused', problems: [liveRunProblem(taken.by)] };
  const past = await readPastRun(places, run);
  if (!past || past.state.finished) {
    await taken.lock[Symbol.asyncDispose]();
    return { kind: 'refused', problems: [`${run} has ended meanwhile: there is nothing to go on with.`] };
  }
  // Before the run's own guardian is there: the dead one's would end what is started now.
  const reaped = await reapDeadRuns(places);
  const opened = await openRun({ ...plan.basis, state: past.state }, taken.lock, listen);
  for (const text of reaped) opened.context.events.note({ type: 'notice', level: 'info', text });
  try {
    return await takeUp(plan, past, opened);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function takeUp(
  plan: ResumePlan,
  past: Pick<CutRun, 'events' | 'state'>,
  opened: OpenedRun,
): Promise<RunStart> {
  const { context } = opened;
  const { run, events, clock } = context;
  const away_ms = deadFor(past.state, clock);
  events.note({ type: 'notice', level: 'info', text: `${run} was cut: taking it up` });
  const refuse = async (problem: string): Promise<RunStart> => {
    await opened[Symbol.asyncDispose]();
    return { kind: 'refused', problems: [problem] };
  };
  const leftovers = await endLeftovers(context);
  if (leftovers !== null) return refuse(leftovers);
  const settled = await settleRun(context, looseEnds(past.events));
  const landed = events.state.landing.kind === 'landed';
  if (landed || settled.repair !== null) {
    const handle = opened.follow(() => finishSettled(context, settled.workers, away_ms));
    return { kind: 'started', handle };
  }
  const problem = context.serial ? await checkHome(context) : null;
  if (problem !== null) return refuse(problem);
  const checked = past.events.some((event) => event.type === 'base.checked');
  const handle = opened.follow(async () => {
    await tellResumed(context, away_ms);
    const standing = checked ? settled : await checkBaseAgain(context, plan, settled);
    if (standing === null) return 2;
    // What the settling has told is in the journal by now.
    const told = await readPastRun(context.places, run);
    const earlier = new Map(earlierAttempts(told?.events ?? []));
    return goOn({ ...context, earlier }, standing, opened.controls, plan.options);
  });
  return { kind: 'started', handle };
}

async function tellResumed({ events, settings }: RunContext, away_ms: number): Promise<void> {
  const { attempts, limits, runtimes } = settings.loop;
  await events.record({ type: 'run.resumed', runtime: runtimes.join(','), attempts, limits, away_ms });
}

/** With one job home is never reset: whatever is in it that the run did not leave there, a person looks at it first. */
async function checkHome({ git, places, start, events, run }: RunContext): Promise<string | null> {
  const status = await readStatus(git, places.home);
  const head = events.state.trunk ?? start.sha;
  const expected = { branch: start.branch ?? 'HEAD', head };
  const problem = homeProblem(status, await operationInProgress(places.git_dir), expected);
  if (problem === null) return null;
  const kept = `What was in work is kept under refs/hew/salvage/${run}.`;
  const mend = `git stash --include-untracked; git switch ${expected.branch}; git reset --keep ${head}`;
  return `The checkout is not as ${run} left it: ${problem}. ${kept} Put it right (${mend}), then: hew loop resume ${run}`;
}

/** The run was cut before the base was known to be green. Null when it is red: then the run has ended. */
async function checkBaseAgain(
  context: RunContext,
  plan: ResumePlan,
  settled: StandingWorkers,
): Promise<StandingWorkers | null> {
  const [first] = settled.workers;
  const made: Worker[] = [];
  const borrow = async (): Promise<Worker> => {
    if (first) return first;
    const worker = await createWorker(context, settled.next_worker, 1);
    made.push(worker);
    return worker;
  };
  const base = await checkBase(context, plan.options.allow_red_base, borrow);
  if (base.kind === 'refused') {
    await endOnRedBase(context, base.worker);
    return null;
  }
  return {
    workers: [...settled.workers, ...made],
    next_worker: settled.next_worker + made.length,
  };
}
