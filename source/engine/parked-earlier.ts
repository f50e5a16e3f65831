import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Places, runFolder } from './git/places.js';
import { runIdSchema } from './ids.js';
import type { RunContext } from './run-context.js';
import { readRunRecord, type RunRecord } from './run-files/run-record.js';
import { RunFileError } from './run-files/run-file-error.js';
import type { ParkedWork } from './parked-work.js';

/** What earlier runs have parked and no run has settled since. A run whose files cannot be read is told and passed over. */
export async function parkedByEarlierRuns(context: RunContext): Promise<ParkedWork[]> {
  const { events, places, run, serial } = context;
  const names = await readdir(join(places.hew, 'loop'));
  const records: RunRecord[] = [];
  for (const name of names.sort()) {
    if (name === run || !runIdSchema.safeParse(name).success) continue;
    try {
      records.push(await readRunRecord(join(places.hew, 'loop', name, 'run.json')));
    } catch (error) {
      if (!(error instanceof RunFileError)) throw error;
      events.note({ type: 'notice', level: 'warning', text: error.message });
    }
  }
  const parked = unsettled(records);
  if (!serial || parked.length === 0) return parked;
  const text = `${parked.length} parked ${parked.length === 1 ? 'branch waits' : 'branches wait'} for a run with --jobs 2 or more`;
  events.note({ type: 'notice', level: 'info', text });
  return [];
}

/** Whether the run that has parked the work still says so. One whose file cannot be read any more has nothing to say. */
export async function isStillParked(
  places: Pick<Places, 'hew'>,
  { run, worker }: Pick<ParkedWork, 'run' | 'worker'>,
): Promise<boolean> {
  const record = await readRunRecord(join(runFolder(places, run), 'run.json')).catch((error: unknown) => {
    if (error instanceof RunFileError) return null;
    throw error;
  });
  return record === null || (record.parked ?? []).some((each) => each.worker === worker);
}

/** What the runs have parked, less what any of them has settled. Pure. */
export function unsettled(records: readonly RunRecord[]): ParkedWork[] {
  const settled = new Set(
    records.flatMap((record) => (record.settled ?? []).map(({ run, worker }) => `${run} ${worker}`)),
  );
  return records.flatMap((record) =>
    (record.parked ?? []).flatMap(({ worker, task, bug, branch, path, git_dir, result }) =>
      bug === null || settled.has(`${record.id} ${worker}`)
        ? []
        : [{ run: record.id, worker, task, bug, result, worktree: { path, git_dir, branch } }],
    ),
  );
}
