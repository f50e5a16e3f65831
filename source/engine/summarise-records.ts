import { type RunId, type TaskId } from './ids.js';
import type { Fate } from './outcome.js';
import { totalTokens } from './reduce-iteration.js';
import type { IterationRecord } from './run-files/iteration-record.js';
import type { RunRecords, StoredIteration } from './run-files/run-records.js';
import { emptyCounts, type Standing, type Summary, type WorkerSummary } from './summary.js';
import type { TaskSummary } from './task-summary.js';

/** What is known of a run beside its records. */
export interface RecordsFacts {
  readonly run: RunId;
  /** Somebody works on it just now. */
  readonly alive: boolean;
  readonly now: Date;
}

/**
 * The summary of a run of which there is no journal, since an earlier hew wrote it: as far as its records tell. What they do
 * not say is null, or left out. Pure.
 */
export function summariseRecords(records: RunRecords, { run: id, alive, now }: RecordsFacts): Summary {
  const { run, manifest, iterations, problems } = records;
  const completed = manifest?.completed_at ?? null;
  const ended = (run?.stop_reason ?? null) !== null || completed !== null;
  const standing: Standing = alive ? 'goes_on' : ended ? 'ended' : 'crashed';
  const last_seen = newest([
    completed,
    run?.last_updated_at ?? null,
    ...iterations.flatMap(({ record }) => [record.started_at, record.ended_at]),
  ]);
  const from = oldest([
    run?.started_at ?? null,
    manifest?.started_at ?? null,
    ...iterations.map(({ record }) => record.started_at),
  ]);
  const to = standing === 'goes_on' ? now.getTime() : time(last_seen);
  const workers = workerRows(records);
  const tasks = taskRows(iterations, standing);
  const counts = emptyCounts();
  for (const { fate } of tasks) if (fate !== null) counts[fate] += 1;
  const stop_reason = run?.stop_reason ?? null;
  return {
    run: id,
    standing,
    stop_reason,
    stop_detail: null,
    exit_code: run?.exit_code ?? null,
    last_seen,
    wall_ms: from === null || to === null ? 0 : Math.max(0, to - from),
    workers,
    all: allRow(records, workers),
    tasks,
    counts,
    in_work: tasks.filter(({ fate }) => fate === null).length,
    left: null,
    landing: { kind: 'nothing' },
    something_wrong: counts.conflicted + counts.failed + counts.stranded > 0,
    ungated: run?.ungated ?? false,
    foreign_changes: [],
    next_steps: [],
    timeline: null,
    problems,
  };
}

/** One row for every worker that the manifest names or whose folder has iterations. */
function workerRows({ run, manifest, iterations }: RunRecords): readonly WorkerSummary[] {
  const named = new Map((manifest?.workers ?? []).map((worker) => [worker.id, worker]));
  const ofWorker = Map.groupBy(iterations, ({ worker }) => worker);
  const numbers = [...new Set([...named.keys(), ...ofWorker.keys()])].sort((left, right) => left - right);
  return numbers.map((number) => {
    const known = named.get(number);
    const own = ofWorker.get(number) ?? [];
    // The one worker of a serial run ended as the run did.
    const stop = known?.stop_reason ?? (numbers.length === 1 ? (run?.stop_reason ?? null) : null);
    return workerRow(number, own, {
      iterations: known?.iter_count ?? null,
      tokens: known?.cumulative_tokens ?? null,
      stop,
    });
  });
}

/** Sums that a record tells; null where it does not. */
interface ToldSums {
  readonly iterations: number | null;
  readonly tokens: number | null;
  readonly stop: string | null;
}

/** What a record tells of sums goes before what the iterations' files add up to: some may have been removed. */
function workerRow(
  worker: WorkerSummary['worker'],
  iterations: readonly StoredIteration[],
  told: ToldSums,
): WorkerSummary {
  const tokens = told.tokens ?? sum(iterations.map(({ record }) => tokensOf(record)));
  const runtimes = iterations.flatMap(({ record }) => record.runtime_used ?? []);
  return {
    worker,
    iterations: told.iterations ?? iterations.length,
    closed: iterations.filter(({ record }) => record.outcome === 'closed').length,
    runtimes: [...new Set(runtimes)],
    wall_ms: null,
    busy: null,
    tokens,
    ...unpriced(tokens),
    stop: told.stop,
  };
}

/** The run's own sums, or those of the rows: they are the same unless a file is missing, and no row may be left out of them. */
function allRow({ run, iterations }: RunRecords, workers: readonly WorkerSummary[]): WorkerSummary {
  const isEmpty = workers.length === 0;
  return workerRow('all', iterations, {
    iterations: isEmpty ? (run?.iter_count ?? null) : sum(workers.map((worker) => worker.iterations)),
    tokens: isEmpty ? (run?.cumulative_tokens ?? null) : sum(workers.map((worker) => worker.tokens)),
    stop: run?.stop_reason ?? null,
  });
}

function taskRows(iterations: readonly StoredIteration[], standing: Standing): readonly TaskSummary[] {
  const byStart = iterations.toSorted(
    (left, right) => (time(left.record.started_at) ?? 0) - (time(right.record.started_at) ?? 0),
  );
  const ofTask = Map.groupBy(byStart, ({ record }) => record.task_id);
  return [...ofTask].flatMap(([id, tries]) => (id === null ? [] : [taskRow(id, tries, standing)]));
}

function taskRow(id: TaskId, tries: readonly StoredIteration[], standing: Standing): TaskSummary {
  const tokens = sum(tries.map(({ record }) => tokensOf(record)));
  const last = tries.at(-1);
  const paths = last?.record.files ?? [];
  return {
    id,
    title: id,
    tries: tries.length,
    duration_ms: sum(tries.map(({ record }) => durationOf(record))),
    tokens,
    ...unpriced(tokens),
    fate: last ? fateOf(last.record, standing) : null,
    sha: last?.record.sha ?? null,
    worker: last?.worker ?? null,
    reason: last?.record.reason ?? null,
    salvages: tries.flatMap(({ record }) => record.salvage ?? []),
    bug: null,
    closed: last?.record.outcome === 'closed',
    close_refused: null,
    return_refused: null,
    files: paths.length,
    paths,
  };
}

/** An earlier hew's outcome as a fate. What was cut with the run is open again. */
function fateOf({ outcome, end }: IterationRecord, standing: Standing): Fate | null {
  if (outcome === null) return standing === 'goes_on' ? null : 'open again';
  if (outcome === 'closed') return end === 'empty' ? 'empty' : 'merged';
  return end === 'conflict' || end === 'parked' ? 'conflicted' : 'failed';
}

function tokensOf({ cost }: IterationRecord): number {
  if (cost === null) return 0;
  const { input, output, cache_read, cache_create } = cost;
  return totalTokens({
    input: input ?? 0,
    output: output ?? 0,
    cache_read: cache_read ?? 0,
    cache_create: cache_create ?? 0,
  });
}

/** The records tell tokens, never what they cost. */
function unpriced(tokens: number): { readonly cost_usd: number; readonly cost_unknown: boolean } {
  return { cost_usd: 0, cost_unknown: tokens > 0 };
}

function durationOf({ started_at, ended_at }: IterationRecord): number {
  const [from, to] = [time(started_at), time(ended_at)];
  return from === null || to === null ? 0 : Math.max(0, to - from);
}

function oldest(dates: readonly (string | null)[]): number | null {
  let first: number | null = null;
  for (const date of dates) {
    const at = time(date);
    if (at !== null && at < (first ?? Infinity)) first = at;
  }
  return first;
}

function newest(dates: readonly (string | null)[]): string | null {
  let last: string | null = null;
  for (const date of dates) {
    const at = time(date);
    if (at !== null && at > (time(last) ?? -Infinity)) last = date;
  }
  return last;
}

/** Milliseconds since 1970; null for what is missing or no date. */
function time(date: string | null): number | null {
  const at = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? null : at;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
