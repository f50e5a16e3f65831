import type { DurableEvent } from './events.js';
import type { RunId, Sha, TaskId } from './ids.js';
import type { AttemptEnd, Fate } from './outcome.js';
import type { TokenCount } from './ports.js';
import type { StopReason } from './stop.js';
import type { Span } from './timeline.js';

/** How the run began; what has changed since (slots, limits, by a resume also the runtime) is as it is now. */
export type RunStarted = Extract<DurableEvent, { type: 'run.started' }>;

/** What a slot's iteration is doing: the steps of DESIGN.md §4 that a person waits for. */
export type Step = 'agent' | 'gate' | 'merge_turn' | 'merge' | 'close';

/** How far a step of the current iteration has come. Times are ISO dates. */
export type StepMark =
  | { readonly state: 'ahead' }
  | { readonly state: 'running'; readonly since: string }
  | { readonly state: 'done'; readonly ms: number; readonly ok: boolean };

/** What a slot is at; each case carries exactly what is true in it. */
export type Activity =
  | { readonly kind: 'idle' }
  | { readonly kind: 'claiming'; readonly task: TaskId }
  | {
      readonly kind: 'waiting';
      readonly reason: 'nothing_ready' | 'usage_limit' | 'back_off' | 'paused' | 'disk';
      readonly detail: string;
      readonly since: string;
      readonly until: string | null;
    }
  | {
      readonly kind: 'working';
      readonly task: TaskId;
      readonly attempt: number;
      readonly iteration: number;
      /** What the iteration's work is compared with. */
      readonly base: Sha;
      readonly runtime: string;
      readonly model: string | null;
      readonly since: string;
      readonly step: Step;
      readonly agent: StepMark;
      readonly gate: StepMark;
      readonly merge: StepMark;
    }
  | { readonly kind: 'finished'; readonly stop_reason: StopReason };

export interface SlotState {
  readonly slot: number;
  readonly worker: number | null;
  readonly paused: boolean;
  /** It is not one of the run's slots any more: it takes no further task. */
  readonly removed: boolean;
  readonly activity: Activity;
  /** The task that this slot ended last, and how. */
  readonly last: { readonly task: TaskId; readonly end: AttemptEnd } | null;
  /** What its time went into, from the run's start on. */
  readonly spans: readonly Span[];
}

/** Tokens and money, with whether some of the money is unknown. */
export interface Spending {
  readonly tokens: TokenCount;
  readonly cost_usd: number;
  readonly cost_unknown: boolean;
}

export interface WorkerState extends Spending {
  readonly worker: number;
  readonly slot: number;
  readonly branch: string;
  readonly path: string;
  readonly git_dir: string;
  readonly iterations: number;
  readonly closed: number;
  /** Time in iterations that have ended. */
  readonly busy_ms: number;
  /** ISO dates: when it was made, and when it took its last part in the run; null while it works. */
  readonly since: string;
  readonly until: string | null;
  readonly runtimes: readonly string[];
  readonly stop_reason: StopReason | null;
  /** `planned`: only in a dry run, and nowhere on disk. */
  readonly place: 'planned' | 'active' | 'parked' | 'removed';
  readonly parked: {
    readonly task: TaskId;
    readonly reason: string;
    readonly bug: TaskId | null;
    readonly result: Sha | null;
  } | null;
}

export interface TaskState extends Spending {
  readonly id: TaskId;
  readonly title: string;
  readonly priority: number;
  /** The worker that has claimed it now. */
  readonly worker: number | null;
  /** It was given back by a crash or an abort and the run was resumed since, or its slot was removed: it may be tried again in this run. */
  readonly offered_again: boolean;
  /** Iterations started, counted or not. */
  readonly tries: number;
  /** Attempts that count towards `--attempts`. */
  readonly counted: number;
  /** Ends in a row by a fault outside of the attempt: the runtime's, or the queue's. */
  readonly faults: number;
  readonly duration_ms: number;
  readonly fate: Fate | null;
  readonly end: AttemptEnd | null;
  readonly reason: string | null;
  /** The merge in trunk, or with one job the commit on the branch. */
  readonly sha: Sha | null;
  readonly closed: boolean;
  readonly close_refused: string | null;
  /** How it is to go back to the queue, which would not have it; null when it is not hew's to give back. */
  readonly return_refused: RefusedReturn | null;
  readonly bug: TaskId | null;
  readonly files: readonly string[];
  /** Refs of what was salvaged from its attempts, oldest first. */
  readonly salvages: readonly string[];
}

/** A task that the run has let go of and that the queue has not taken back yet, with why it would not. */
export type RefusedReturn = Pick<
  Extract<DurableEvent, { type: 'task.return_refused' }>,
  'note' | 'failed' | 'offered' | 'message'
>;

export type Landing =
  | { readonly kind: 'not_tried' }
  | { readonly kind: 'started'; readonly to: Sha }
  | {
      readonly kind: 'landed';
      readonly how: Extract<DurableEvent, { type: 'run.landed' }>['how'];
      readonly from: Sha;
      readonly to: Sha;
    }
  | { readonly kind: 'refused'; readonly to: Sha; readonly reason: string };

/** What has come into trunk (with one job: upon the branch), or could not. Times are ISO dates. */
export type TrunkStep = { readonly at: string } & (
  | {
      readonly kind: 'merged' | 'conflict';
      /** The run that the worker is of: another one's where its parked work was merged by this one. */
      readonly run: RunId | null;
      readonly worker: number;
      readonly task: TaskId;
      /** Null where nothing was merged. */
      readonly sha: Sha | null;
      /** What was changed, or what is in conflict. */
      readonly files: readonly string[];
    }
  /** What was new on the starting branch. */
  | { readonly kind: 'caught_up'; readonly sha: Sha }
);

/** All that is durably known of a run: made from its events by reduce(), and by nothing else. */
export interface RunState extends Spending {
  readonly run: RunStarted | null;
  readonly slots: readonly SlotState[];
  readonly workers: ReadonlyMap<number, WorkerState>;
  readonly tasks: ReadonlyMap<TaskId, TaskState>;
  /** Where trunk stands; the starting commit until something is merged. */
  readonly trunk: Sha | null;
  /** How it came there, and what could not be merged, oldest first. */
  readonly history: readonly TrunkStep[];
  readonly started_iterations: number;
  readonly finished_iterations: number;
  /** Counted failures since the last success. */
  readonly failures_in_row: number;
  readonly stopping: StopReason | null;
  /** What brought it to that, in words; empty while it goes on. */
  readonly stopping_detail: string;
  readonly landing: Landing;
  readonly finished: {
    /** An ISO date. A landing that is repeated later does not change it. */
    readonly at: string;
    readonly stop_reason: StopReason;
    readonly exit_code: number;
    readonly tasks_left: number;
  } | null;
  readonly updated_at: string | null;
  /** When the run was dead before it was resumed, oldest first: milliseconds since 1970. */
  readonly away: readonly { readonly from: number; readonly to: number }[];
  /** Sums over the whole run of what agents changed outside their worktree, as told. */
  readonly foreign_changes: readonly string[];
  /** What the user wants of tasks, until it is done: that they are left alone, or taken once more. */
  readonly wishes: ReadonlyMap<TaskId, 'skip' | 'retry'>;
  /** What the user has told to the agents of tasks, oldest first. */
  readonly notes: ReadonlyMap<TaskId, readonly string[]>;
  /** Bugs of earlier runs, or of this one, whose parked branch has been settled. */
  readonly settled: readonly { readonly run: RunId; readonly worker: number }[];
}
