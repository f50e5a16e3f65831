import { readdir, rm } from 'node:fs/promises';

/** What hew itself puts beside a run's worktrees. */
export const OWN_FILES = new Set(['owner.json', 'exclude']);

/** Removes the folder of a run's worktrees when nothing but hew's own files is left in it; anything else keeps it whole. */
export async function removeWorktreesFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.every((name) => OWN_FILES.has(name))) await rm(folder, { recursive: true, force: true });
}
