import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Places } from './git/places.js';
import { type RunId, runIdSchema } from './ids.js';

/** The runs that a project has folders of, newest first: an id begins with the time. */
export async function runIds(places: Pick<Places, 'hew'>): Promise<readonly RunId[]> {
  const names = await readdir(join(places.hew, 'loop')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => runIdSchema.safeParse(name).data ?? [])
    .sort()
    .toReversed();
}
