import type { LimitFunction } from 'p-limit';
import type { Clock } from './clock.js';
import type { EventStream } from './event-stream.js';
import type { ForeignWatch } from './foreign-watch.js';
import type { GreenTrees } from './gate/green-trees.js';
import type { Environments } from './git/environment.js';
import type { Git } from './git/git.js';
import type { Places } from './git/places.js';
import type { Worktree } from './git/worktree.js';
import { type RunId, runMark, type Sha, type TaskId, trunkBranch } from './ids.js';
import type { RunFiles } from './keep-run-files.js';
import type { GateCommand, TaskQueue } from './ports.js';
import type { ProcessLedger, SetFacts, SetLedger } from './processes/process-ledger.js';
import type { PreviousAttempt } from './prompt.js';
import type { Redactor } from './redactor.js';
import type { RuntimePool } from './runtime-pool.js';
import type { Settings } from './settings.js';
import type { Carried } from './worktree/carry-files.js';

/** What a run's trunk, worktrees and landing need: also long after its end. */
export interface TrunkContext {
  readonly run: RunId;
  readonly places: Places;
  readonly settings: Settings;
  /** hew's own git, with its environment. */
  readonly git: Git;
  readonly environments: Environments;
  /** The gate's commands; empty in a run without a gate, which says UNGATED. */
  readonly gate: readonly GateCommand[];
  readonly green: GreenTrees;
  readonly carried: Carried;
  readonly events: EventStream;
  readonly files: RunFiles;
  /** Which processes the run has started. */
  readonly ledger: ProcessLedger;
  /** Takes the secrets of hew's environment out of what is written and shown. */
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** The run's folder: journal and files. */
  readonly folder: string;
  /** The folder of the run's worktrees. */
  readonly worktrees: string;
  /** The commit and branch that the run started from. */
  readonly start: { readonly sha: Sha; readonly branch: string | null };
  /** With one job everything happens in home, without trunk. */
  readonly serial: boolean;
  /** One merge at a time, first come first served. */
  readonly mergeTurn: LimitFunction;
  /** One `git worktree add` at a time. */
  readonly worktreeTurn: LimitFunction;
  /** Aborts when the user, a signal or a journal that cannot be written ends the run at once. */
  readonly aborted: AbortSignal;
  /** Ends every agent at once, because of something that the run cannot get over. */
  readonly endAll: (why: unknown) => void;
}

/** What is needed to close, park and give back tasks: also of a run that hew was killed in. */
export interface QueueContext extends TrunkContext {
  readonly queue: TaskQueue;
}

/** Everything that the parts of one run share. */
export interface RunContext extends QueueContext {
  /** Which disk has too little room for an iteration to begin, in words; null where none has. */
  readonly diskShortage: () => Promise<string | null>;
  readonly runtimes: RuntimePool;
  /** What every prompt of the run begins with. */
  readonly prompt_prefix: string;
  readonly foreign: ForeignWatch;
  /** What tasks have been through before the run was taken up, or in a slot that was removed; nothing of any other. */
  readonly earlier: Map<TaskId, readonly PreviousAttempt[]>;
}

/** A worktree that a slot works in, and what changes about it while it does. */
export interface Worker {
  readonly worker: number;
  readonly slot: number;
  readonly worktree: Worktree;
  /** How many iterations it has started. */
  iterations: number;
  /** What its setup last ran with; null before the first. */
  setup: string | null;
  /** Whether it may hold work that is neither merged nor salvaged. */
  unsaved: boolean;
}

/** The workers that there are when the slots begin, at most one a slot, and the number of the next one. */
export interface StandingWorkers {
  readonly workers: readonly Worker[];
  readonly next_worker: number;
}

/** What every process of a worker carries in its environment (LOOP.md §8). */
export function workerMark(run: RunId, worker: number): string {
  return `${runMark(run)}w${worker}`;
}

/** What every set of processes that a worker starts has in common. */
export interface WorkerSet {
  readonly mark: string;
  readonly ledger: SetLedger;
  readonly redactor: Redactor;
}

/** What a set of processes of this worker is started with; `iteration` is null where it is of none. */
export function workerSet(
  { run, ledger, redactor }: Pick<TrunkContext, 'run' | 'ledger' | 'redactor'>,
  { worker, slot }: Pick<Worker, 'worker' | 'slot'>,
  role: SetFacts['role'],
  iteration: number | null,
): WorkerSet {
  const mark = workerMark(run, worker);
  return { mark, ledger: ledger.forSet({ role, mark, slot, iteration }), redactor };
}

/** The full name of the run's trunk. */
export function trunkRef(context: Pick<TrunkContext, 'run'>): string {
  return `refs/heads/${trunkBranch(context.run)}`;
}
