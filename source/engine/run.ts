import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import pLimit from 'p-limit';
import { checkTrunk } from './check-trunk.js';
import { ControlDesk } from './control-desk.js';
import type { Control } from './controls.js';
import { openControlServer } from './control-server.js';
import type { EventStream } from './event-stream.js';
import { ForeignWatch } from './foreign-watch.js';
import { finishRun } from './finish-run.js';
import { GreenTrees } from './gate/green-trees.js';
import { treeOf } from './git/merge.js';
import { changeRefs } from './git/refs.js';
import { type RunId, trunkBranch } from './ids.js';
import { openGuardedFolder } from './open-guarded-folder.js';
import { parkedByEarlierRuns } from './parked-earlier.js';
import type { RunPlan } from './preflight.js';
import { liveRunProblem } from './preflight-project.js';
import type { RunContext, Worker } from './run-context.js';
import { trunkRef } from './run-context.js';
import { takeRunLock } from './run-lock.js';
import { RuntimePool } from './runtime-pool.js';
import { Scheduler } from './scheduler.js';
import type { Settings } from './settings.js';
import type { Stop } from './stop-check.js';
import { createWorker, dismissWorker } from './workers.js';

/** A run that has been started. */
export interface RunHandle {
  readonly run: RunId;
  readonly events: EventStream;
  /** Asks something of the run; what is not possible any more is passed over. */
  control(control: Control): void;
  /** Resolves with the exit code when nothing of the run goes on any more; rejects when it could not be told on disk. */
  readonly ended: Promise<number>;
}

export type RunStart =
  | { readonly kind: 'started'; readonly handle: RunHandle }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Starts a run. `listen` is given the stream of events before the first of them. */
export async function startRun(plan: RunPlan, listen: (events: EventStream) => void): Promise<RunStart> {
  const { run, places, settings, request } = plan;
  const taken = await takeRunLock(places.common_dir, run);
  if (taken.kind === 'held') return { kind: 'refused', problems: [liveRunProblem(taken.by)] };
  const serial = settings.loop.jobs === 1;
  const { clock, env } = request;
  const opened = await openGuardedFolder({ run, places, serial, clock, env }, listen).catch(
    async (error: unknown) => {
      await taken.lock[Symbol.asyncDispose]();
      throw error;
    },
  );
  const { folder, events, files, ledger, redactor } = opened;

  const user = new AbortController();
  const broken = new AbortController();
  const context: RunContext = {
    run,
    places,
    settings,
    git: plan.git,
    environments: plan.environments,
    queue: plan.queue,
    runtimes: new RuntimePool(plan.runtimes, request.clock),
    prompt_prefix: plan.prompt_prefix,
    foreign: new ForeignWatch(plan.git, places.home, stopFileIn(places.home, settings), request.clock),
    gate: plan.gate?.commands ?? [],
    green: await GreenTrees.open(join(places.hew, 'green-trees.json')),
    carried: plan.carried,
    events,
    files,
    ledger,
    redactor,
    clock,
    folder,
    worktrees: plan.worktrees,
    start: plan.start,
    serial,
    mergeTurn: pLimit(1),
    worktreeTurn: pLimit(1),
    aborted: AbortSignal.any([user.signal, broken.signal, events.failed]),
    endAll: (why) => broken.abort(why),
  };
  const controls = new ControlDesk(context, user);
  const socket = await openControlServer({
    run,
    hew_home: plan.hew_home,
    journal: join(folder, 'events.jsonl'),
    events,
    control: (control) => controls.take(control),
  });
  if (socket.kind === 'open') files.tellRun({ socket: socket.server.path });
  const work = async (): Promise<number> => {
    try {
      return await drive(context, plan, controls, socket.kind === 'open' ? null : socket.problem);
    } finally {
      if (socket.kind === 'open') await socket.server[Symbol.asyncDispose]();
      try {
        await opened.close();
      } finally {
        await taken.lock[Symbol.asyncDispose]();
      }
    }
  };
  const handle = { run, events, control: (control: Control) => controls.take(control), ended: work() };
  return { kind: 'started', handle };
}

/** The stop file as git names it, or null where there is none in home. */
function stopFileIn(home: string, { loop }: Settings): string | null {
  if (loop.stop_file === null) return null;
  const path = relative(home, resolve(home, loop.stop_file));
  return path.startsWith('..') ? null : path;
}

async function drive(
  context: RunContext,
  plan: RunPlan,
  controls: ControlDesk,
  warning: string | null,
): Promise<number> {
  const { events } = context;
  await begin(context, plan);
  if (warning !== null) events.note({ type: 'notice', level: 'warning', text: warning });
  const base = await checkBase(context, plan);
  if (base.kind === 'refused') {
    if (base.worker && !context.serial) await dismissWorker(context, base.worker);
    await removeTrunk(context);
    await events.record({ type: 'run.finished', stop_reason: 'guard_trip', exit_code: 2, tasks_left: 0 });
    return 2;
  }
  const parked = await parkedByEarlierRuns(context);
  const scheduler = new Scheduler(context, base.worker, parked);
  controls.open(scheduler);
  const stop: Stop = await scheduler.drain();
  return finishRun(context, scheduler, stop, { land: plan.request.options.land });
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

type Base =
  | { readonly kind: 'checked'; readonly worker: Worker | null }
  | { readonly kind: 'refused'; readonly worker: Worker | null };

/** Gates the untouched base before anything is claimed: on a red one every agent would fail (LOOP.md §7). */
async function checkBase(context: RunContext, plan: RunPlan): Promise<Base> {
  const { events, start, gate, git, places } = context;
  const tree = await treeOf(git, places.home, start.sha);
  if (gate.length === 0 || plan.request.options.allow_red_base) {
    events.note({ type: 'base.checked', tree, outcome: 'skipped', duration_ms: 0, tail: '' });
    return { kind: 'checked', worker: null };
  }
  if (context.green.has(tree, gate)) {
    events.note({ type: 'base.checked', tree, outcome: 'remembered', duration_ms: 0, tail: '' });
    return { kind: 'checked', worker: null };
  }
  const worker = await createWorker(context, 0, 1);
  const checked = await checkTrunk(context, worker, start.sha, 'base');
  switch (checked.kind) {
    case 'green':
      events.note({
        type: 'base.checked',
        tree,
        outcome: 'green',
        duration_ms: checked.duration_ms,
        tail: '',
      });
      return { kind: 'checked', worker };
    case 'aborted':
      return { kind: 'checked', worker };
    case 'unknown': {
      const text = `the base could not be gated: ${checked.reason}`;
      events.note({ type: 'notice', level: 'warning', text });
      return { kind: 'refused', worker };
    }
    case 'red': {
      const { duration_ms, reason, tail } = checked;
      await events.record({
        type: 'base.checked',
        tree,
        outcome: 'red',
        duration_ms,
        tail: `${reason}\n${tail}`,
      });
      return { kind: 'refused', worker };
    }
  }
}

async function removeTrunk(context: RunContext): Promise<void> {
  if (context.serial) return;
  const { git, places, start } = context;
  await changeRefs(git, places.home, [{ ref: trunkRef(context), old: start.sha, next: null }]);
  await rm(context.worktrees, { recursive: true, force: true });
}
