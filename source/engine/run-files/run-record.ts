import { z } from 'zod';
import { runIdSchema, shaSchema, taskIdSchema, workerNumberSchema } from '../ids.js';
import { fateSchema } from '../outcome.js';
import { totalTokens } from '../reduce-iteration.js';
import type { RunState } from '../state.js';
import { summarise } from '../summary.js';
import { orNull, readRecord } from './read-record.js';

const count = z.number().min(0);
const text = orNull(z.string());
const flag = orNull(z.boolean());

const landingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not_tried') }),
  z.object({ kind: z.literal('started'), to: shaSchema }),
  z.object({
    kind: z.literal('landed'),
    how: z.enum(['fast_forward', 'nothing', 'detached', 'in_place']),
    from: shaSchema,
    to: shaSchema,
  }),
  z.object({ kind: z.literal('refused'), to: shaSchema, reason: z.string() }),
]);

const parkedSchema = z.object({
  worker: workerNumberSchema,
  task: taskIdSchema,
  bug: orNull(taskIdSchema),
  branch: z.string(),
  path: z.string(),
  git_dir: z.string(),
  /** What its work had come to when it was parked; null when nothing was committed. */
  result: orNull(shaSchema),
});

/**
 * `run.json`: the reduced state as far as listings, landings and later runs need it. The fields up to `interactive` are
 * shared with an earlier hew, whose files have no others; what is missing is null.
 */
export const runRecordSchema = z.object({
  id: runIdSchema,
  started_at: text,
  last_updated_at: text,
  /** Iterations started. */
  iter_count: orNull(count),
  cumulative_tokens: orNull(count),
  /** Null while the run goes on. A word of its own writer: a listing shows it and decides nothing by it. */
  stop_reason: text,
  max_iter: orNull(count),
  strict: flag,
  interactive: flag,
  jobs: orNull(count),
  mode: text,
  runtime: text,
  queue: orNull(z.enum(['file', 'beads'])),
  home: text,
  starting_branch: text,
  starting_sha: orNull(shaSchema),
  /** The branch of trunk, and where it stands. */
  trunk: text,
  trunk_sha: orNull(shaSchema),
  landing: orNull(landingSchema),
  parked: orNull(z.array(parkedSchema)),
  settled: orNull(z.array(z.object({ run: runIdSchema, worker: workerNumberSchema }))),
  exit_code: orNull(z.int()),
  cost_usd: orNull(count),
  /** Some of what was spent has no price, so that `cost_usd` is the least that it was. */
  cost_unknown: flag,
  /** How many tasks came to each fate. */
  fates: orNull(z.partialRecord(fateSchema, count)),
  /** Tasks that the queue had left for agents at the end. */
  tasks_left: orNull(count),
  ungated: flag,
  /** Where a live run listens for controls. */
  socket: text,
});
export type RunRecord = z.output<typeof runRecordSchema>;

/** What run.json tells that no event does. */
export interface RunRecordDetails {
  readonly interactive?: boolean;
  readonly strict?: boolean;
  readonly socket?: string;
}

/** The content of `run.json`. Pure. Throws when the run has not started: there is nothing to write yet. */
export function runRecord(state: RunState, now: Date, details: RunRecordDetails = {}): RunRecord {
  const { run } = state;
  if (!run) throw new Error('internal: a run that has not started has no run.json');
  return {
    id: run.run_id,
    started_at: run.at,
    last_updated_at: now.toISOString(),
    iter_count: state.started_iterations,
    cumulative_tokens: totalTokens(state.tokens),
    stop_reason: state.finished?.stop_reason ?? null,
    max_iter: run.limits.max_iter,
    strict: details.strict ?? false,
    interactive: details.interactive ?? false,
    jobs: run.jobs,
    mode: run.mode,
    runtime: run.runtime,
    queue: run.queue,
    home: run.home,
    starting_branch: run.starting_branch,
    starting_sha: run.starting_sha,
    trunk: run.trunk,
    trunk_sha: run.trunk === null ? null : state.trunk,
    landing: state.landing,
    parked: parkedOf(state),
    settled: state.settled.map(({ run, worker }) => ({ run, worker })),
    exit_code: state.finished?.exit_code ?? null,
    cost_usd: state.cost_usd,
    cost_unknown: state.cost_unknown,
    fates: summarise(state, now).counts,
    tasks_left: state.finished?.tasks_left ?? null,
    ungated: run.ungated,
    socket: details.socket ?? null,
  };
}

function parkedOf(state: RunState): z.output<typeof parkedSchema>[] {
  return [...state.workers.values()].flatMap(({ worker, branch, path, git_dir, place, parked }) =>
    place === 'parked' && parked
      ? [
          {
            worker,
            task: parked.task,
            bug: parked.bug,
            branch,
            path,
            git_dir,
            result: parked.result,
          },
        ]
      : [],
  );
}

/** Reads a run's `run.json`, an earlier hew's too. Throws a RunFileError that names the file and the field. */
export async function readRunRecord(path: string): Promise<RunRecord> {
  return readRecord(path, runRecordSchema);
}
