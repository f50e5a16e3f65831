import { join } from 'node:path';
import { check } from 'proper-lockfile';
import { type Places, runFolder } from '../git/places.js';
import type { RunId, TaskId } from '../ids.js';
import { JournalError } from '../journal-error.js';
import { readJournal } from '../read-journal.js';
import { replay } from '../replay.js';
import { RunFileError } from '../run-files/run-file-error.js';
import { readRunRecord, type RunRecord } from '../run-files/run-record.js';
import type { LiveRun } from '../run-lock.js';
import type { RunState } from '../state.js';
import type { RunLife } from './worktree-standing.js';

/** The task that a worker was parked with, and the bug that was filed for it. */
export interface ParkedWith {
  readonly task: TaskId;
  readonly bug: TaskId | null;
}

/** What is left of a run, as far as its worktrees are concerned. */
export interface RunRemains {
  readonly life: RunLife;
  /** What its parked workers wait with, by the path of their worktree. */
  readonly parked: ReadonlyMap<string, ParkedWith>;
  /** What its journal says; null where there is none that can be read. */
  readonly state: RunState | null;
  /** When it was last heard of. */
  readonly heard_of: Date;
}

/** Reads what is left of a run. `live` is the run that is alive in the repository. Never throws for what its files are. */
export async function readRunRemains(
  places: Pick<Places, 'hew'>,
  run: RunId,
  live: LiveRun | null,
): Promise<RunRemains> {
  const folder = runFolder(places, run);
  const [record, state] = await Promise.all([
    readRunRecord(join(folder, 'run.json')).catch(asProblem),
    readState(folder).catch(asProblem),
  ]);
  const known = state !== null && !('problem' in state) ? state : null;
  const updated = record !== null && 'id' in record ? record.last_updated_at : null;
  const heard = Date.parse(known?.updated_at ?? updated ?? '');
  return {
    life: await lifeOf(folder, run, live, { record, state }),
    parked: known ? parkedIn(known) : parkedBy(record),
    state: known,
    heard_of: Number.isNaN(heard) ? startedAt(run) : new Date(heard),
  };
}

/** When a run was started, by its id. Pure. */
export function startedAt(run: RunId): Date {
  const stamp = run.slice('loop-'.length, 'loop-'.length + 16);
  return new Date(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

interface Problem {
  readonly problem: string;
}

/** A file that is not there is nothing; one that cannot be read says why. */
function asProblem(error: unknown): Problem | null {
  if (!(error instanceof RunFileError || error instanceof JournalError)) throw error;
  const cause = error.cause;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
  return { problem: error.message.split('\n')[0] ?? '' };
}

async function readState(folder: string): Promise<RunState | null> {
  const { events } = await readJournal(join(folder, 'events.jsonl'));
  const state = replay(events);
  return state.run ? state : null;
}

interface Left {
  readonly record: RunRecord | Problem | null;
  readonly state: RunState | Problem | null;
}

async function lifeOf(folder: string, run: RunId, live: LiveRun | null, left: Left): Promise<RunLife> {
  // A lock that nobody can read may be that of any run.
  if (live && (live.run_id === run || live.run_id === null)) return { kind: 'alive', holder: live.holder };
  if (await isHeld(folder)) return { kind: 'busy' };
  const { record, state } = left;
  if (state !== null && !('problem' in state)) return { kind: state.finished ? 'ended' : 'crashed' };
  if (record !== null && 'id' in record && (state === null || record.stop_reason !== null))
    return { kind: record.stop_reason === null ? 'crashed' : 'ended' };
  const problem = [state, record].find((each) => each !== null && 'problem' in each);
  return problem && 'problem' in problem
    ? { kind: 'unreadable', problem: problem.problem }
    : { kind: 'forgotten' };
}

/** Whether another hew lands or prunes the run just now. */
async function isHeld(folder: string): Promise<boolean> {
  return check(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return false;
    throw error;
  });
}

function parkedIn(state: RunState): Map<string, ParkedWith> {
  return new Map(
    [...state.workers.values()].flatMap(({ place, path, parked }) =>
      place === 'parked' && parked ? [[path, parked] as const] : [],
    ),
  );
}

function parkedBy(record: RunRecord | Problem | null): Map<string, ParkedWith> {
  if (record === null || !('id' in record)) return new Map();
  return new Map((record.parked ?? []).map(({ path, task, bug }) => [path, { task, bug }]));
}
