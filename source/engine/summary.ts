import type { RunId } from './ids.js';
import { type LandingSummary, landingSummary } from './landing-summary.js';
import { livedTime } from './lived-time.js';
import { type NextStep, nextSteps } from './next-steps.js';
import type { Fate } from './outcome.js';
import { type SpendingSummary, spendingSummary } from './spending-summary.js';
import { goneSince } from './shown-slots.js';
import type { RunState, SlotState, WorkerState } from './state.js';
import type { StopReason } from './stop.js';
import { type TaskSummary, taskSummary } from './task-summary.js';
import { withDeadSpans } from './timeline.js';

export { fateOf } from './task-summary.js';

/** One row of the table of workers. */
export interface WorkerSummary extends SpendingSummary {
  readonly worker: number | 'all';
  readonly iterations: number;
  readonly closed: number;
  readonly runtimes: readonly string[];
  /** How long it took part in the run; null where that is not known. */
  readonly wall_ms: number | null;
  /** The share of that time in which it worked on tasks, 0 to 1; of all: of the time of all workers. */
  readonly busy: number | null;
  /** Null while the worker works. A run of an earlier hew may have words of its own. */
  readonly stop: string | null;
}

/** `crashed`: it has not ended, and nobody works on it any more. */
export type Standing = 'goes_on' | 'ended' | 'crashed';

/** What every slot spent its time with. */
export interface Timeline {
  /** The run's begin and end, or now: milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly slots: readonly Readonly<Pick<SlotState, 'slot' | 'spans'>>[];
}

/** Everything that a view tells of a run as a whole. */
export interface Summary {
  readonly run: RunId | null;
  readonly standing: Standing;
  /** Null until the run has ended. A run of an earlier hew may have words of its own. */
  readonly stop_reason: string | null;
  /** An ISO date; null where that is not known. */
  readonly last_seen: string | null;
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
   * Something is conflicted, failed, stranded, not given back or not landed, if the run ended as it is now. (DESIGN.md §5.2)
   * So ask it before `run.finished`, and after the landing.
   */
  readonly something_wrong: boolean;
  readonly ungated: boolean;
  readonly foreign_changes: readonly string[];
  readonly next_steps: readonly NextStep[];
  /** What the slots spent their time with; null where that is not known. */
  readonly timeline: Timeline | null;
  /** What of the run's files could not be read, and is missing here. */
  readonly problems: readonly string[];
}

/** Ends that one wants to know more of than their name. */
const TELLING: ReadonlySet<StopReason> = new Set(['runtime_error', 'guard_trip', 'stop_file']);

/** No task of any fate. */
export function emptyCounts(): Record<Fate, number> {
  return { merged: 0, empty: 0, conflicted: 0, failed: 0, stranded: 0, 'open again': 0 };
}

/** The run as every view tells it. `now` counts only while the run goes on: `alive`, and not yet ended. Pure. */
export function summarise(state: RunState, now: Date, alive = true): Summary {
  const standing: Standing = state.finished ? 'ended' : alive ? 'goes_on' : 'crashed';
  const last = state.finished?.at ?? state.updated_at;
  const end = standing === 'goes_on' || last === null ? now.getTime() : Date.parse(last);
  const workers = [...state.workers.values()].map((worker) => workerSummary(worker, state, end));
  const tasks = [...state.tasks.values()].map((task) => taskSummary(task, state));
  const counts = emptyCounts();
  for (const { fate } of tasks) if (fate !== null) counts[fate] += 1;
  const landing = landingSummary(state);
  return {
    run: state.run?.run_id ?? null,
    standing,
    stop_reason: state.finished?.stop_reason ?? null,
    last_seen: state.updated_at,
    stop_detail: state.finished && TELLING.has(state.finished.stop_reason) ? state.stopping_detail : null,
    exit_code: state.finished?.exit_code ?? null,
    wall_ms: wallOf(state, end),
    workers,
    all: allWorkers(state, workers, end),
    tasks,
    counts,
    in_work: tasks.filter((task) => task.fate === null).length,
    left: state.finished?.tasks_left ?? null,
    landing,
    something_wrong:
      counts.conflicted + counts.failed + counts.stranded > 0 ||
      tasks.some(({ return_refused }) => return_refused !== null) ||
      landing.kind === 'not_landed' ||
      state.landing.kind === 'refused',
    ungated: state.run?.ungated ?? false,
    foreign_changes: state.foreign_changes,
    next_steps: nextSteps({ state, tasks, landing }),
    timeline: timeline(state, end),
    problems: [],
  };
}

function workerSummary(worker: WorkerState, state: RunState, end: number): WorkerSummary {
  const slot = state.slots.find((each) => each.worker === worker.worker);
  const gone = slot === undefined ? null : goneSince(slot);
  const until = gone ?? (worker.until === null ? end : Date.parse(worker.until));
  const wall_ms = livedTime(state, Date.parse(worker.since), until);
  const activity = slot?.activity;
  const running = activity?.kind === 'working' ? Math.max(0, end - Date.parse(activity.since)) : 0;
  return {
    ...spendingSummary(worker),
    worker: worker.worker,
    iterations: worker.iterations,
    closed: worker.closed,
    runtimes: worker.runtimes,
    wall_ms,
    busy: shareOf(worker.busy_ms + running, wall_ms),
    stop: worker.place === 'parked' ? 'parked' : worker.stop_reason,
  };
}

/** Money and tokens are the run's own sums, which the rows must add up to. */
function allWorkers(state: RunState, workers: readonly WorkerSummary[], end: number): WorkerSummary {
  const sum = (of: (worker: WorkerSummary) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0);
  const walls = sum(({ wall_ms }) => wall_ms ?? 0);
  return {
    ...spendingSummary(state),
    worker: 'all',
    iterations: state.started_iterations,
    closed: sum(({ closed }) => closed),
    runtimes: [...new Set(workers.flatMap((worker) => worker.runtimes))],
    wall_ms: wallOf(state, end),
    busy: shareOf(
      sum(({ busy, wall_ms }) => (busy ?? 0) * (wall_ms ?? 0)),
      walls,
    ),
    stop: state.finished?.stop_reason ?? null,
  };
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(1, part / whole);
}

function wallOf(state: RunState, end: number): number {
  return state.run ? livedTime(state, Date.parse(state.run.at), end) : 0;
}

function timeline({ run, slots, away }: RunState, to: number): Timeline | null {
  if (!run || run.mode === 'dry_run') return null;
  const from = Date.parse(run.at);
  const told = slots.map(({ slot, spans }) => ({ slot, spans: withDeadSpans(spans, away) }));
  return { from, to: Math.max(from, to), slots: told };
}
