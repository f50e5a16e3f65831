import { randomUUID } from 'node:crypto';
import { copyFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from './worktree.js';

/** Copies the worktree's own index: as a start it spares git from reading every file again. */
export async function copyIndex(worktree: Worktree, to: string): Promise<void> {
  const from = join(worktree.git_dir, 'index');
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    // Git reads a file again that is as young as its index: a younger copy would hide its last change.
    const time = Math.floor(mtimeMs / 1000);
    await utimes(to, time, time);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Gives the path of an index that is not there yet, for GIT_INDEX_FILE, and removes it afterwards. */
export async function withIndex<T>(worktree: Worktree, use: (index: string) => Promise<T>): Promise<T> {
  const index = join(worktree.git_dir, `hew-index-${randomUUID()}`);
  try {
    return await use(index);
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}
