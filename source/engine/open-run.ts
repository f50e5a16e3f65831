import { join, relative, resolve } from 'node:path';
import pLimit from 'p-limit';
import { ControlDesk } from './control-desk.js';
import { openControlServer } from './control-server.js';
import type { Control } from './controls.js';
import { findShortage } from './disk-space.js';
import type { EventStream } from './event-stream.js';
import { ForeignWatch } from './foreign-watch.js';
import type { Gate } from './gate/find-gate.js';
import { GreenTrees } from './gate/green-trees.js';
import type { RunId } from './ids.js';
import { type GuardedFolder, openGuardedFolder } from './open-guarded-folder.js';
import type { RunContext, TrunkContext } from './run-context.js';
import type { RunLock } from './run-lock.js';
import { type RuntimePlan, RuntimePool } from './runtime-pool.js';
import type { Settings } from './settings.js';
import type { RunState } from './state.js';

/** A run that goes on. */
export interface RunHandle {
  readonly run: RunId;
  readonly events: EventStream;
  /** Asks something of the run; what is not possible any more is passed over. */
  control(control: Control): void;
  /** Resolves with the exit code when nothing of the run goes on any more; rejects when it could not be told on disk. */
  readonly ended: Promise<number>;
}

/** What the context of a run's trunk is made from. */
export interface TrunkBasis extends Pick<
  TrunkContext,
  | 'run'
  | 'places'
  | 'settings'
  | 'git'
  | 'environments'
  | 'carried'
  | 'worktrees'
  | 'start'
  | 'serial'
  | 'clock'
> {
  /** Null in a run without a gate. */
  readonly gate: Gate | null;
}

/** What a run is opened with, be it a new one or one that is taken up again. */
export interface RunBasis extends TrunkBasis, Pick<RunContext, 'queue' | 'prompt_prefix'> {
  readonly runtimes: RuntimePlan;
  /** `~/.hew`, or where `HEW_HOME` says: the socket lies there. */
  readonly hew_home: string;
  /** What hew was started with: its secrets reach no event. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the journal's earlier events have made; nothing for a run that begins. */
  readonly state?: RunState;
}

/** A run whose folder and journal are open, and which nothing has been done for yet. */
export interface OpenedRun extends AsyncDisposable {
  readonly context: RunContext;
  readonly controls: ControlDesk;
  /** Does the run's work, then lets go of its folder and its lock. */
  follow(work: () => Promise<number>): RunHandle;
}

/** Opens a run under its lock; the lock is let go of when that fails, and with the run. `listen` as in openRunFolder. */
export async function openRun(
  basis: RunBasis,
  lock: RunLock,
  listen: (events: EventStream) => void,
): Promise<OpenedRun> {
  const { run, places, settings, serial, clock, env, state } = basis;
  const { agents, limits } = settings;
  const request = { run, places, serial, clock, env, agents, ...(state ? { state } : {}) };
  const opened = await openGuardedFolder(request, listen).catch(async (error: unknown) => {
    await lock[Symbol.asyncDispose]();
    throw error;
  });
  const user = new AbortController();
  const broken = new AbortController();
  const aborted = AbortSignal.any([user.signal, broken.signal, opened.events.failed]);
  const context: RunContext = {
    ...(await trunkContext(basis, opened, aborted)),
    queue: basis.queue,
    runtimes: new RuntimePool(basis.runtimes, clock),
    prompt_prefix: basis.prompt_prefix,
    diskShortage: () =>
      findShortage([opened.folder, serial ? places.home : basis.worktrees], limits.min_free_disk),
    foreign: new ForeignWatch(basis.git, places.home, stopFileIn(places.home, settings), clock),
    earlier: new Map(),
    endAll: (why) => broken.abort(why),
  };
  const controls = new ControlDesk(context, user);
  const socket = await openSocket(basis, opened, controls);
  const close = async (): Promise<void> => {
    try {
      await socket?.[Symbol.asyncDispose]();
      await opened.close();
    } finally {
      await lock[Symbol.asyncDispose]();
    }
  };
  const closedAfter = async (work: () => Promise<number>): Promise<number> => {
    try {
      return await work();
    } finally {
      await close();
    }
  };
  const follow = (work: () => Promise<number>): RunHandle => ({
    run,
    events: opened.events,
    control: (control) => controls.take(control),
    ended: closedAfter(work),
  });
  return { context, controls, follow, [Symbol.asyncDispose]: close };
}

/** Opens the socket that other processes steer the run by; without one the run goes on, and says so when it begins. */
async function openSocket(
  { run, hew_home }: RunBasis,
  { folder, events, files }: GuardedFolder,
  controls: ControlDesk,
): Promise<AsyncDisposable | null> {
  const socket = await openControlServer({
    run,
    hew_home,
    journal: join(folder, 'events.jsonl'),
    events,
    control: (control) => controls.take(control),
  });
  if (socket.kind === 'open') {
    files.tellRun({ socket: socket.server.path });
    return socket.server;
  }
  const unsubscribe = events.subscribe(({ type }) => {
    if (type !== 'run.started' && type !== 'run.resumed') return;
    unsubscribe();
    events.note({ type: 'notice', level: 'warning', text: socket.problem });
  });
  return null;
}

/** The context of a run's trunk while its folder is open. */
export async function trunkContext(
  basis: TrunkBasis,
  { folder, events, files, ledger, redactor }: GuardedFolder,
  aborted: AbortSignal,
): Promise<TrunkContext> {
  const { run, places, settings, git, environments, carried, worktrees, start, serial, clock } = basis;
  return {
    run,
    places,
    settings,
    git,
    environments,
    carried,
    worktrees,
    start,
    serial,
    clock,
    folder,
    events,
    files,
    ledger,
    redactor,
    gate: basis.gate?.commands ?? [],
    green: await GreenTrees.open(join(places.hew, 'green-trees.json')),
    mergeTurn: pLimit(1),
    worktreeTurn: pLimit(1),
    aborted,
    endAll: () => {},
  };
}

/** The stop file as git names it, or null where there is none in home. */
function stopFileIn(home: string, { loop }: Settings): string | null {
  if (loop.stop_file === null) return null;
  const path = relative(home, resolve(home, loop.stop_file));
  return path.startsWith('..') ? null : path;
}
