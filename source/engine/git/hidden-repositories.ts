import { lstat } from 'node:fs/promises';
import type { StatusEntry } from './status.js';

/**
 * The entries of tracked files whose place was taken by a repository without a commit: of these git tells only that the
 * file is gone, and then fails to add them. `top` is the worktree's path.
 */
export async function findHiddenRepositories(
  top: string,
  entries: readonly StatusEntry[],
): Promise<StatusEntry[]> {
  const gone = entries.filter(({ kind, fields }) => kind === 'changed' && fields[4] === '000000');
  const hidden = await Promise.all(gone.map((entry) => isRepository(top, entry)));
  return gone.filter((_, index) => hidden[index]);
}

async function isRepository(top: string, { path_bytes }: StatusEntry): Promise<boolean> {
  try {
    await lstat(Buffer.concat([Buffer.from(`${top}/`), path_bytes, Buffer.from('/.git')]));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
