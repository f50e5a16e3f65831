import { z } from 'zod';
import { runIdSchema, workerNumberSchema } from '../ids.js';
import { totalTokens } from '../reduce-iteration.js';
import type { RunState } from '../state.js';
import { orNull, readRecord } from './read-record.js';

const count = z.number().min(0);
const text = orNull(z.string());

const manifestWorkerSchema = z.object({
  id: workerNumberSchema,
  branch: text,
  /** The folder of the worker's files, from the run's own; `.` with one job. */
  log_subdir: text,
  iter_count: orNull(count),
  cumulative_tokens: orNull(count),
  stop_reason: text,
});

/** `manifest.json`: which workers a run had and where each one's files are. Shared with an earlier hew. */
export const manifestRecordSchema = z.object({
  run_id: runIdSchema,
  jobs: orNull(count),
  started_at: text,
  completed_at: text,
  workers: orNull(z.array(manifestWorkerSchema)),
});
export type ManifestRecord = z.output<typeof manifestRecordSchema>;

/** The content of `manifest.json`. Pure. Throws when the run has not started: there is nothing to write yet. */
export function manifestRecord(state: RunState): ManifestRecord {
  const { run } = state;
  if (!run) throw new Error('internal: a run that has not started has no manifest.json');
  return {
    run_id: run.run_id,
    jobs: run.jobs,
    started_at: run.at,
    completed_at: state.finished?.at ?? null,
    workers: [...state.workers.values()].map((worker) => ({
      id: worker.worker,
      branch: worker.branch,
      log_subdir: run.trunk === null && run.jobs === 1 ? '.' : `worker-${worker.worker}`,
      iter_count: worker.iterations,
      cumulative_tokens: totalTokens(worker.tokens),
      stop_reason: worker.stop_reason,
    })),
  };
}

/** Reads a run's `manifest.json`, an earlier hew's too. Throws a RunFileError that names the file and the field. */
export async function readManifestRecord(path: string): Promise<ManifestRecord> {
  return readRecord(path, manifestRecordSchema);
}
