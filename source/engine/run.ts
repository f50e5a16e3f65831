import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBase } from './check-base.js';
import { ConflictWatch } from './conflict-watch.js';
import type { ControlDesk } from './control-desk.js';
import type { EventStream } from './event-stream.js';
import { finishRun } from './finish-run.js';
import { changeRefs } from './git/refs.js';
import { trunkBranch } from './ids.js';
import { openRun, type RunHandle } from './open-run.js';
import { parkedByEarlierRuns } from './parked-earlier.js';
import type { RunPlan } from './preflight.js';
import { liveRunProblem } from './preflight-project.js';
import type { RunContext, StandingWorkers, Worker } from './run-context.js';
import { trunkRef } from './run-context.js';
import { takeRunLock } from './run-lock.js';
import { Scheduler } from './scheduler.js';
import type { Stop } from './stop-check.js';
import { createWorker, dismissWorker } from './workers.js';

export type RunStart =
  | { readonly kind: 'started'; readonly handle: RunHandle }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Starts a run. `listen` is given the stream of events before the first of them. */
export async function startRun(plan: RunPlan, listen: (events: EventStream) => void): Promise<RunStart> {
  const { run, places, request } = plan;
  const taken = await takeRunLock(places.common_dir, run);
  if (taken.kind === 'held') return { kind: 'refused', problems: [liveRunProblem(taken.by)] };
  const opened = await openRun(
    { ...plan, serial: plan.settings.loop.jobs === 1, clock: request.clock, env: request.env },
    taken.lock,
    listen,
  );
  const handle = opened.follow(() => drive(opened.context, plan, opened.controls));
  return { kind: 'started', handle };
}

async function drive(context: RunContext, plan: RunPlan, controls: ControlDesk): Promise<number> {
  await begin(context, plan);
  const base = await checkBase(context, plan.request.options.allow_red_base, () =>
    createWorker(context, 0, 1),
  );
  if (base.kind === 'refused') return endOnRedBase(context, base.worker);
  const standing = { workers: base.worker ? [base.worker] : [], next_worker: base.worker ? 1 : 0 };
  return goOn(context, standing, controls, plan.request.options);
}

/** Ends a run that has claimed nothing and merged nothing, and leaves nothing of it but its files. */
export async function endOnRedBase(context: RunContext, worker: Worker | null): Promise<number> {
  if (worker && !context.serial) await dismissWorker(context, worker);
  await removeTrunk(context);
  await context.events.record({
    type: 'run.finished',
    stop_reason: 'guard_trip',
    exit_code: 2,
    tasks_left: 0,
  });
  return 2;
}

/** Drains the queue with the workers that there are already, and brings home what was merged. */
export async function goOn(
  context: RunContext,
  standing: StandingWorkers,
  controls: ControlDesk,
  options: { readonly land: boolean },
): Promise<number> {
  const parked = await parkedByEarlierRuns(context);
  const scheduler = new Scheduler(context, standing, parked);
  controls.open(scheduler);
  const stop = await drainWatched(context, scheduler);
  return finishRun(context, scheduler, stop, options);
}

/** With one job there is nobody to be in conflict with. */
async function drainWatched(context: RunContext, scheduler: Scheduler): Promise<Stop> {
  await using _watch = context.serial ? null : new ConflictWatch(context);
  return await scheduler.drain();
}

const NO_BUDGET =
  'No budget is set: the run goes on until nothing is ready. --budget-cost, --budget-tokens, --budget-wall or --max-iter bound it.';

/** Tells that the run has started, makes its trunk, and names the project beside its worktrees. */
async function begin(context: RunContext, plan: RunPlan): Promise<void> {
  const { events, places, run, start, settings, serial, git } = context;
  await events.record({
    type: 'run.started',
    run_id: run,
    jobs: settings.loop.jobs,
    mode: serial ? 'serial' : 'worktrees',
    runtime: settings.loop.runtimes.join(','),
    queue: context.queue.kind,
    home: places.home,
    starting_branch: start.branch,
    starting_sha: start.sha,
    trunk: serial ? null : trunkBranch(run),
    attempts: settings.loop.attempts,
    ungated: context.gate.length === 0,
    limits: settings.loop.limits,
  });
  for (const text of plan.reaped) events.note({ type: 'notice', level: 'warning', text });
  for (const [what, paths] of [
    ['is not there', context.carried.missing],
    ['is tracked by git and needs no copy', context.carried.tracked],
    ['is not ignored by git, so it is not carried', context.carried.not_ignored],
  ] as const) {
    for (const path of paths)
      events.note({ type: 'notice', level: 'warning', text: `[worktree] ${path} ${what}` });
  }
  if (Object.values(settings.loop.limits).every((limit) => limit === null)) {
    events.note({ type: 'notice', level: 'info', text: NO_BUDGET });
  }
  if (serial) return;
  await changeRefs(git, places.home, [{ ref: trunkRef(context), old: null, next: start.sha }]);
  await mkdir(context.worktrees, { recursive: true, mode: 0o700 });
  const owner = { run_id: run, project: places.project, home: places.home, common_dir: places.common_dir };
  const text = `${JSON.stringify({ ...owner, folder: context.folder, pid: process.pid })}\n`;
  await writeFile(join(plan.worktrees, 'owner.json'), text, { mode: 0o600 });
}

async function removeTrunk(context: RunContext): Promise<void> {
  if (context.serial) return;
  const { git, places, start } = context;
  await changeRefs(git, places.home, [{ ref: trunkRef(context), old: start.sha, next: null }]);
  await rm(context.worktrees, { recursive: true, force: true });
}
