import writeFileAtomic from 'write-file-atomic';
import { RunFileError } from './run-file-error.js';

/**
 * Writes one of a run's JSON files, mode 0600, so that a reader finds the file before or after and never a part of it,
 * also when the power goes: a temporary file beside it, synced, then renamed. Writes of one path keep their order.
 * Throws a {@link RunFileError} when the disk refuses; the file is then as it was.
 */
export async function writeRecord(path: string, record: object): Promise<void> {
  try {
    await writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, fsync: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RunFileError(path, null, `cannot be written: ${why}`, { cause: error });
  }
}
