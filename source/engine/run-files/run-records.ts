import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type IterationRecord, readIterationRecord } from './iteration-record.js';
import { type ManifestRecord, readManifestRecord } from './manifest-record.js';
import { RunFileError } from './run-file-error.js';
import { readRunRecord, type RunRecord } from './run-record.js';

/** One iteration's file, and the worker whose folder it lies in. */
export interface StoredIteration {
  readonly worker: number;
  readonly record: IterationRecord;
}

/** What a run's files say where there is no journal: an earlier hew wrote no other. */
export interface RunRecords {
  /** Null where there is no such file, or where it cannot be read. */
  readonly run: RunRecord | null;
  readonly manifest: ManifestRecord | null;
  /** By worker, then by number. */
  readonly iterations: readonly StoredIteration[];
  /** What cannot be read: which file, which field, and why. */
  readonly problems: readonly string[];
}

const ITERATION_FILE = /^iter-(\d{3,9})\.json$/;
const WORKER_FOLDER = /^worker-(\d{1,6})$/;

/** Reads all of a run's records. Never throws for what a file says, only where the folder itself cannot be read. */
export async function readRunRecords(folder: string): Promise<RunRecords> {
  const problems: string[] = [];
  const unlessBroken = async <Record>(read: Promise<Record>): Promise<Record | null> => {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof RunFileError)) throw error;
      if (!isMissing(error.cause)) problems.push(error.message);
      return null;
    }
  };
  const [run, manifest, places] = await Promise.all([
    unlessBroken(readRunRecord(join(folder, 'run.json'))),
    unlessBroken(readManifestRecord(join(folder, 'manifest.json'))),
    iterationPlaces(folder),
  ]);
  const read = await Promise.all(
    places.map(async ({ worker, path }) => {
      const record = await unlessBroken(readIterationRecord(path));
      return record === null ? [] : [{ worker, record }];
    }),
  );
  const iterations = read
    .flat()
    .sort((left, right) => left.worker - right.worker || left.record.number - right.record.number);
  return { run, manifest, iterations, problems: problems.sort() };
}

/** Where an iteration's record is. */
export interface IterationPlace {
  readonly worker: number;
  readonly number: number;
  readonly path: string;
}

/** The iterations that a run's folder has records of: in a folder for each worker, or with one job in the run's own. */
export async function iterationPlaces(folder: string): Promise<readonly IterationPlace[]> {
  const entries = await readdir(folder);
  const workers = entries.flatMap((name) => {
    const number = WORKER_FOLDER.exec(name)?.[1];
    return number === undefined ? [] : [{ worker: Number(number), folder: join(folder, name) }];
  });
  const own = { worker: 0, folder, names: entries };
  const others = await Promise.all(
    workers.map(async (each) => ({ ...each, names: await readdir(each.folder) })),
  );
  return [own, ...others].flatMap(({ worker, folder, names }) =>
    names.flatMap((name) => {
      const number = ITERATION_FILE.exec(name)?.[1];
      return number === undefined ? [] : [{ worker, number: Number(number), path: join(folder, name) }];
    }),
  );
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
