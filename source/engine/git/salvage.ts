import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunId, type Sha, shaSchema } from '../ids.js';
import type { Git } from './git.js';
import { commitTree, treeOf, withTrailers } from './merge.js';
import { changeRefs, listRefs, readRef } from './refs.js';
import { headOf, type Worktree } from './worktree.js';

export interface SalvageRequest {
  readonly run: RunId;
  readonly worker: number;
  readonly task: string | null;
  readonly attempt: number;
  readonly reason: string;
  /** What the work began from: a worktree that holds no more than that needs no salvage. */
  readonly base: Sha;
}

export interface Salvage {
  readonly ref: string;
  readonly sha: Sha;
}

/** The folder of refs that a worker's salvage goes to. */
export function salvagePrefix(run: RunId, worker: number): string {
  return `refs/hew/salvage/${run}/w${worker}`;
}

/**
 * Keeps what a worktree holds beyond its base in a new ref: HEAD, the worker's branch, and the uncommitted and untracked
 * (not ignored) files, which go through an index of their own. Touches neither index, files nor branches.
 * Returns null when there is nothing to keep.
 */
export async function salvage(
  git: Git,
  worktree: Worktree,
  request: SalvageRequest,
): Promise<Salvage | null> {
  const head = await headOf(git, worktree.path);
  const branch = await readRef(git, worktree.path, `refs/heads/${worktree.branch}`);
  const tree = await treeOfFiles(git, worktree);
  const tips = [...new Set([head, ...(branch ? [branch] : [])])];
  const moved = tips.some((tip) => tip !== request.base);
  if (!moved && tree === (await treeOf(git, worktree.path, request.base))) return null;
  return keep(git, worktree.path, tree, tips, request);
}

/** Keeps a single commit that is about to lose its last ref. */
export async function salvageCommit(
  git: Git,
  path: string,
  commit: Sha,
  request: SalvageRequest,
): Promise<Salvage> {
  return keep(git, path, await treeOf(git, path, commit), [commit], request);
}

async function keep(
  git: Git,
  path: string,
  tree: Sha,
  parents: readonly Sha[],
  request: SalvageRequest,
): Promise<Salvage> {
  const message = withTrailers(`Salvage of ${request.task ?? 'a worktree'}: ${request.reason}`, {
    'Hew-Run': request.run,
    'Hew-Worker': `w${request.worker}`,
    ...(request.task === null ? {} : { 'Hew-Task': request.task }),
    'Hew-Attempt': request.attempt,
    'Hew-Reason': request.reason,
  });
  const sha = await commitTree(git, path, { tree, parents, message });
  const prefix = salvagePrefix(request.run, request.worker);
  for (;;) {
    const taken = [...(await listRefs(git, path, [prefix])).keys()].map((ref) =>
      Number(ref.slice(prefix.length + 1)),
    );
    const ref = `${prefix}/${Math.max(0, ...taken.filter(Number.isInteger)) + 1}`;
    // Created only, never moved: a number that somebody took meanwhile is left to them.
    if (await changeRefs(git, path, [{ ref, old: null, next: sha }])) return { ref, sha };
  }
}

/** The tree of everything that git does not ignore in the worktree, as it is on disk. */
async function treeOfFiles(git: Git, worktree: Worktree): Promise<Sha> {
  const index = join(worktree.git_dir, 'hew-salvage-index');
  const env = { GIT_INDEX_FILE: index };
  try {
    // The worktree's own index, as a start, spares git from reading every file again.
    await copyFile(join(worktree.git_dir, 'index'), index).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await git.text(worktree.path, ['add', '--all', '--', '.'], { env });
    return shaSchema.parse(await git.text(worktree.path, ['write-tree'], { env }));
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}
