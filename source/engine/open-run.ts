import { join, relative, resolve } from 'node:path';
import pLimit from 'p-limit';
import { ControlDesk } from './control-desk.js';
import type { Control } from './controls.js';
import type { EventStream } from './event-stream.js';
import { ForeignWatch } from './foreign-watch.js';
import type { Gate } from './gate/find-gate.js';
import { GreenTrees } from './gate/green-trees.js';
import type { RunId } from './ids.js';
import { openRunFolder, type RunFolder } from './open-run-folder.js';
import type { RunContext, TrunkContext } from './run-context.js';
import type { RunLock } from './run-lock.js';
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
export interface RunBasis extends TrunkBasis, Pick<RunContext, 'queue' | 'agent'> {
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
  const { run, places, settings, serial, clock, state } = basis;
  const request = { run, places, serial, clock, ...(state ? { state } : {}) };
  const opened = await openRunFolder(request, listen).catch(async (error: unknown) => {
    await lock[Symbol.asyncDispose]();
    throw error;
  });
  const user = new AbortController();
  const broken = new AbortController();
  const aborted = AbortSignal.any([user.signal, broken.signal, opened.events.failed]);
  const context: RunContext = {
    ...(await trunkContext(basis, opened, aborted)),
    queue: basis.queue,
    agent: basis.agent,
    foreign: new ForeignWatch(basis.git, places.home, stopFileIn(places.home, settings), clock),
    endAll: (why) => broken.abort(why),
  };
  const controls = new ControlDesk(context, user);
  const close = async (): Promise<void> => {
    try {
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

/** The context of a run's trunk while its folder is open. */
export async function trunkContext(
  basis: TrunkBasis,
  { folder, events, files }: RunFolder,
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
