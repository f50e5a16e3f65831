import { type Sha, shaSchema } from '../ids.js';
import type { Git } from './git.js';

/** What `git status` tells of a worktree; paths are relative to its top, as bytes that git printed. */
export interface Status {
  /** Null in a repository without a commit. */
  readonly head: Sha | null;
  /** Null when HEAD is detached. */
  readonly branch: string | null;
  /** Tracked paths that differ from HEAD, in the index or on disk. */
  readonly changed: readonly string[];
  /** Untracked, not ignored. A path that ends with "/" is a nested repository or an unreadable folder. */
  readonly untracked: readonly string[];
}

/** Reads `git status`; never refreshes the index on disk (GIT_OPTIONAL_LOCKS=0). */
export async function readStatus(git: Git, path: string): Promise<Status> {
  return parseStatus(
    await git.text(path, [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--untracked-files=all',
      '--no-renames',
    ]),
  );
}

/** Parses porcelain v2 with NULs (git-status(1), "Porcelain Format Version 2"). Pure. */
export function parseStatus(output: string): Status {
  let head: Sha | null = null;
  let branch: string | null = null;
  const changed: string[] = [];
  const untracked: string[] = [];
  for (const entry of output.split('\0')) {
    if (entry.startsWith('# branch.oid ')) head = shaSchema.safeParse(entry.slice(13)).data ?? null;
    else if (entry.startsWith('# branch.head '))
      branch = entry.slice(14) === '(detached)' ? null : entry.slice(14);
    else if (entry.startsWith('? ')) untracked.push(entry.slice(2));
    // "1 XY sub mH mI mW hH hI path" and, unmerged, "u XY sub m1 m2 m3 mW h1 h2 h3 path".
    else if (entry.startsWith('1 ')) changed.push(afterFields(entry, 8));
    else if (entry.startsWith('u ')) changed.push(afterFields(entry, 10));
  }
  return { head, branch, changed, untracked };
}

function afterFields(entry: string, fields: number): string {
  let at = 0;
  for (let field = 0; field < fields; field += 1) at = entry.indexOf(' ', at) + 1;
  return entry.slice(at);
}
