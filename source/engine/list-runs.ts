import { join } from 'node:path';
import type { Places } from './git/places.js';
import type { RunId } from './ids.js';
import { RunFileError } from './run-files/run-file-error.js';
import { readRunRecord, type RunRecord } from './run-files/run-record.js';
import { runIds } from './run-ids.js';
import { findLiveRun, type LiveRun } from './run-lock.js';

/** One run of a project, as its run.json and the lock tell. */
export type RunListing =
  | {
      readonly kind: 'known';
      readonly run: RunId;
      readonly state: RunListingState;
      readonly record: RunRecord;
    }
  /** Its run.json is missing or cannot be read. */
  | { readonly kind: 'broken'; readonly run: RunId; readonly problem: string };

/** Whether a run goes on: by the lock, not by what its files say. */
export type RunListingState = 'running' | 'crashed' | 'ended';

/** The runs of a project, newest first. Never throws for what a run's files are. */
export async function listRuns(places: Pick<Places, 'hew' | 'common_dir'>): Promise<readonly RunListing[]> {
  const folder = join(places.hew, 'loop');
  const runs = await runIds(places);
  const live = await findLiveRun(places.common_dir);
  return Promise.all(runs.map((run) => listingOf(folder, run, live)));
}

async function listingOf(folder: string, run: RunId, live: LiveRun | null): Promise<RunListing> {
  try {
    const record = await readRunRecord(join(folder, run, 'run.json'));
    return { kind: 'known', run, state: runListingState(record, live), record };
  } catch (error) {
    if (!(error instanceof RunFileError)) throw error;
    return { kind: 'broken', run, problem: error.message };
  }
}

/** What a run is at. A lock that nobody can read may be that of any run that has not ended. Pure. */
export function runListingState(
  { id, stop_reason }: Pick<RunRecord, 'id' | 'stop_reason'>,
  live: Pick<LiveRun, 'run_id'> | null,
): RunListingState {
  if (live?.run_id === id) return 'running';
  if (stop_reason !== null) return 'ended';
  return live?.run_id === null ? 'running' : 'crashed';
}
