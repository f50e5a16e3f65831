import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Places, runFolder } from './git/places.js';
import type { RunId } from './ids.js';
import { journalEvents } from './journal-events.js';
import { replayParts } from './replay.js';
import { readRunRecords, type RunRecords } from './run-files/run-records.js';
import { findLiveRun } from './run-lock.js';
import type { RunState } from './state.js';
import { summariseRecords } from './summarise-records.js';
import { summarise, type Summary } from './summary.js';

/** What is on disk of a run. */
export type StoredRun =
  | { readonly kind: 'journal'; readonly state: RunState }
  /** An earlier hew wrote no journal. */
  | { readonly kind: 'records'; readonly records: RunRecords };

/**
 * Reads a run from its journal, or where there is none from its other files. Throws a JournalError for a journal that is
 * broken before its end; fails with ENOENT where there is no such run.
 */
export async function readRun(places: Pick<Places, 'hew'>, run: RunId): Promise<StoredRun> {
  const folder = runFolder(places, run);
  const path = join(folder, 'events.jsonl');
  const hasJournal = await access(path).then(
    () => true,
    () => false,
  );
  if (hasJournal) {
    const state = await replayParts(journalEvents(path, null));
    // A run that was killed before its first event has told nothing.
    if (state.run !== null) return { kind: 'journal', state };
  }
  return { kind: 'records', records: await readRunRecords(folder) };
}

/** Whether somebody works on the run just now; where the lock cannot be read, it may be so. */
export async function isRunAlive(places: Pick<Places, 'common_dir'>, run: RunId): Promise<boolean> {
  const live = await findLiveRun(places.common_dir);
  return live !== null && (live.run_id === null || live.run_id === run);
}

/** The summary of a run on disk: one that has ended, goes on, or has crashed. Throws as {@link readRun} does. */
export async function summariseRun(
  places: Pick<Places, 'hew' | 'common_dir'>,
  run: RunId,
  now: Date,
): Promise<Summary> {
  const [stored, alive] = await Promise.all([readRun(places, run), isRunAlive(places, run)]);
  switch (stored.kind) {
    case 'journal':
      return summarise(stored.state, now, alive);
    case 'records':
      return summariseRecords(stored.records, { run, alive, now });
  }
}
