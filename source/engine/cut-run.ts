import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DurableEvent } from './events.js';
import type { Git } from './git/git.js';
import { findPlaces, type Places, runFolder } from './git/places.js';
import { type RunId, runIdSchema } from './ids.js';
import { JournalError } from './journal-error.js';
import { readJournal } from './read-journal.js';
import { replay } from './replay.js';
import { RunFileError } from './run-files/run-file-error.js';
import { readRunRecord } from './run-files/run-record.js';
import { findLiveRun } from './run-lock.js';
import type { RunStarted, RunState } from './state.js';

/** A run that began and neither ended nor lives. */
export interface CutRun {
  readonly run: RunId;
  /** With home as it is now: the worktree that the run began in. */
  readonly places: Places;
  readonly started: RunStarted;
  readonly events: readonly DurableEvent[];
  readonly state: RunState;
}

/** A journal as far as it goes; null for a run that has no journal, or never came to start. */
export async function readPastRun(places: Pick<Places, 'hew'>, run: RunId): Promise<PastRun | null> {
  const path = join(runFolder(places, run), 'events.jsonl');
  const { events } = await readJournal(path).catch((error: unknown) => {
    if (error instanceof JournalError && error.kind === 'unreadable') return { events: [] };
    throw error;
  });
  const state = replay(events);
  return state.run ? { run, started: state.run, events, state } : null;
}

/** What a journal tells of a run that is over or cut. */
export type PastRun = Omit<CutRun, 'places'>;

/** The runs of the project that were cut, newest first. One whose journal cannot be read is passed over. */
export async function findCutRuns(places: Pick<Places, 'hew' | 'common_dir'>): Promise<PastRun[]> {
  const live = await findLiveRun(places.common_dir);
  const names = await readdir(join(places.hew, 'loop')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const runs = names
    .flatMap((name) => runIdSchema.safeParse(name).data ?? [])
    .sort()
    .toReversed();
  const cut: PastRun[] = [];
  for (const run of runs.filter((each) => each !== live?.run_id)) {
    if (await hasEnded(places, run)) continue;
    const past = await readPastRun(places, run).catch((error: unknown) => {
      if (error instanceof JournalError) return null;
      throw error;
    });
    if (past && isCut(past)) cut.push(past);
  }
  return cut;
}

/** By its run.json, which is a fraction of its journal; without one, or with one that is broken, the journal tells. */
async function hasEnded(places: Pick<Places, 'hew'>, run: RunId): Promise<boolean> {
  const record = await readRunRecord(join(runFolder(places, run), 'run.json')).catch((error: unknown) => {
    if (error instanceof RunFileError) return null;
    throw error;
  });
  return record !== null && record.stop_reason !== null;
}

/** Whether a run that does not live was cut before its end. Pure. */
export function isCut({ state, started }: Pick<PastRun, 'state' | 'started'>): boolean {
  return state.finished === null && started.mode !== 'dry_run';
}

export type CutRunResult =
  | { readonly kind: 'found'; readonly cut: CutRun }
  | { readonly kind: 'refused'; readonly problem: string };

/** Finds the cut run that is asked for, or the newest, from anywhere in its project. */
export async function findCutRun(git: Git, cwd: string, asked: string | null): Promise<CutRunResult> {
  const refused = (problem: string): CutRunResult => ({ kind: 'refused', problem });
  const found = await findPlaces(git, cwd);
  if (found.kind === 'missing') return refused(found.problem);
  const past = await chooseRun(found.places, asked);
  if ('problem' in past) return refused(past.problem);
  const home = await findPlaces(git, past.started.home);
  if (home.kind === 'found') return { kind: 'found', cut: { ...past, places: home.places } };
  const make = `git worktree add ${past.started.home} ${past.started.starting_branch ?? past.started.starting_sha}`;
  return refused(`${past.run} began in a worktree that is gone. Make it again: ${make}`);
}

async function chooseRun(
  places: Places,
  asked: string | null,
): Promise<PastRun | { readonly problem: string }> {
  const live = await findLiveRun(places.common_dir);
  if (asked === null) {
    if (live) return { problem: aliveProblem(live) };
    const [newest] = await findCutRuns(places);
    return newest ?? { problem: 'No run was cut here: there is nothing to take up. Start one: hew loop run' };
  }
  const run = runIdSchema.safeParse(asked).data;
  if (!run)
    return { problem: `"${asked}" is not a run id. Without one the newest run that was cut is taken.` };
  if (live?.run_id === run) return { problem: aliveProblem(live) };
  const past = await readPastRun(places, run);
  if (!past)
    return { problem: `${run} never began here: there is nothing to take up. Start one: hew loop run` };
  if (isCut(past)) return past;
  return {
    problem: `${run} has ended. What it merged and did not land: hew loop land ${run}. A new one: hew loop run`,
  };
}

function aliveProblem(live: { readonly run_id: string | null; readonly holder: string }): string {
  return `${live.run_id ?? 'A run'} is alive (${live.holder}): it was not cut. Wait for its end, or stop it first.`;
}
