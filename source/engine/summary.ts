import type { RunId } from './ids.js';
import { type LandingSummary, landingSummary } from './landing-summary.js';
import { type NextStep, nextSteps } from './next-steps.js';
import type { Fate } from './outcome.js';
import { type SpendingSummary, spendingSummary } from './spending-summary.js';
import type { RunState, WorkerState } from './state.js';
import type { StopReason } from './stop.js';
import { type TaskSummary, taskSummary } from './task-summary.js';

export { fateOf } from './task-summary.js';

/** One row of the table of workers. */
export interface WorkerSummary extends SpendingSummary {
  readonly worker: number | 'all';
  readonly iterations: number;
  readonly closed: number;
  readonly runtimes: readonly string[];
  /** Null while the worker works. */
  readonly stop: StopReason | 'parked' | null;
}

/** Everything that a view tells of a run as a whole. */
export interface Summary {
  readonly run: RunId | null;
  /** Null while the run goes on. */
  readonly stop_reason: StopReason | null;
  /** What brought it to its end, where that says more than the reason. */
  readonly stop_detail: string | null;
  readonly exit_code: number | null;
  readonly wall_ms: number;
  readonly workers: readonly WorkerSummary[];
  /** The sums over all workers. */
  readonly all: WorkerSummary;
  /** In the order in which they were first taken. */
  readonly tasks: readonly TaskSummary[];
  readonly counts: Readonly<Record<Fate, number>>;
  /** Tasks without a fate. */
  readonly in_work: number;
  /** Tasks that the queue still has for a run; null while the run goes on. */
  readonly left: number | null;
  readonly landing: LandingSummary;
  /**
   * Something is conflicted, failed, stranded or not landed, if the run ended as it is now. (DESIGN.md §5.2)
   * So ask it before `run.finished`, and after the landing.
   */
  readonly something_wrong: boolean;
  readonly ungated: boolean;
  readonly foreign_changes: readonly string[];
  readonly next_steps: readonly NextStep[];
}

/** Ends that one wants to know more of than their name. */
const TELLING: ReadonlySet<StopReason> = new Set(['runtime_error', 'guard_trip', 'stop_file']);

/** The run as every view tells it. `now` counts only while the run goes on. Pure. */
export function summarise(state: RunState, now: Date): Summary {
  const workers = [...state.workers.values()].map(workerSummary);
  const tasks = [...state.tasks.values()].map((task) => taskSummary(task, state));
  const counts: Record<Fate, number> = {
    merged: 0,
    empty: 0,
    conflicted: 0,
    failed: 0,
    stranded: 0,
    'open again': 0,
  };
  for (const { fate } of tasks) if (fate !== null) counts[fate] += 1;
  const landing = landingSummary(state);
  return {
    run: state.run?.run_id ?? null,
    stop_reason: state.finished?.stop_reason ?? null,
    stop_detail: state.finished && TELLING.has(state.finished.stop_reason) ? state.stopping_detail : null,
    exit_code: state.finished?.exit_code ?? null,
    wall_ms: wallTime(state, now),
    workers,
    all: allWorkers(state, workers),
    tasks,
    counts,
    in_work: tasks.filter((task) => task.fate === null).length,
    left: state.finished?.tasks_left ?? null,
    landing,
    something_wrong:
      counts.conflicted + counts.failed + counts.stranded > 0 ||
      landing.kind === 'not_landed' ||
      state.landing.kind === 'refused',
    ungated: state.run?.ungated ?? false,
    foreign_changes: state.foreign_changes,
    next_steps: nextSteps({ state, tasks, landing }),
  };
}

function workerSummary(worker: WorkerState): WorkerSummary {
  return {
    ...spendingSummary(worker),
    worker: worker.worker,
    iterations: worker.iterations,
    closed: worker.closed,
    runtimes: worker.runtimes,
    stop: worker.place === 'parked' ? 'parked' : worker.stop_reason,
  };
}

/** Money and tokens are the run's own sums, which the rows must add up to. */
function allWorkers(state: RunState, workers: readonly WorkerSummary[]): WorkerSummary {
  return {
    ...spendingSummary(state),
    worker: 'all',
    iterations: state.started_iterations,
    closed: workers.reduce((sum, worker) => sum + worker.closed, 0),
    runtimes: [...new Set(workers.flatMap((worker) => worker.runtimes))],
    stop: state.finished?.stop_reason ?? null,
  };
}

function wallTime({ run, finished, away_ms }: RunState, now: Date): number {
  if (!run) return 0;
  const end = finished ? Date.parse(finished.at) : now.getTime();
  return Math.max(0, end - Date.parse(run.at) - away_ms);
}
