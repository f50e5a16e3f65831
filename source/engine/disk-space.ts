import { statfs } from 'node:fs/promises';
import { sizeText } from './size.js';

/** How much room there is where a folder lies. */
export interface DiskReading {
  readonly folder: string;
  /** Bytes that this user may still write; null where the system does not tell. */
  readonly free: number | null;
}

/** Asks the system for the room where these folders lie. A folder that cannot be asked about, say since it is gone, has none told. */
export async function readDisks(folders: readonly string[]): Promise<readonly DiskReading[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const free = await statfs(folder).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      );
      return { folder, free };
    }),
  );
}

/** Which of these folders' disks has less room than it must have, in words; null where none has. */
export async function findShortage(folders: readonly string[], least: number): Promise<string | null> {
  return least === 0 ? null : diskShortage(await readDisks(folders), least);
}

/** Which disk has less room than it must have, in words; null where none has. `least` is in bytes, 0 for no limit. Pure. */
export function diskShortage(readings: readonly DiskReading[], least: number): string | null {
  const short = readings.find(({ free }) => free !== null && free < least);
  if (!short) return null;
  // Without what is free now, which changes with each look: the same wait is told once.
  return `less than ${sizeText(least)} free at ${short.folder} ([limits] min_free_disk): make room there`;
}
