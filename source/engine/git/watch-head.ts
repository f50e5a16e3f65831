import { watch } from 'node:fs';

/**
 * What a git writes in a worktree's own directory while it moves HEAD, or the branch that HEAD is on: `HEAD.lock`
 * wherever refs are files, packed or not; the others where they are tables (git 2.45).
 */
const SIGNS = new Set(['HEAD', 'HEAD.lock', 'ORIG_HEAD', 'COMMIT_EDITMSG']);

/** Who is told of a worktree's HEAD. */
export interface HeadListener {
  /** It may have been moved, or is about to be. What only reads, stages or compares files is not told. */
  readonly moved: () => void;
  /** It cannot be watched, or no longer: nothing more is told. */
  readonly lost: () => void;
}

/** Has the kernel tell when HEAD of the worktree with this git directory moves, until it is disposed of. */
export function watchHead(gitDir: string, { moved, lost }: HeadListener): Disposable {
  try {
    const watcher = watch(gitDir, { persistent: false }, (_, name) => {
      if (name === null || SIGNS.has(name)) moved();
    });
    watcher.on('error', () => {
      watcher.close();
      lost();
    });
    return { [Symbol.dispose]: () => watcher.close() };
  } catch {
    // Too many watches on this machine, or a file system that has none: the listener knows another way.
    lost();
    return { [Symbol.dispose]: () => {} };
  }
}
