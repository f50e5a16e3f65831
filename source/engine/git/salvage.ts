import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunId, type Sha, shaSchema } from '../ids.js';
import { SALVAGE_ROOT } from '../salvage-name.js';
import { writeFilesTree } from './files-tree.js';
import type { Git } from './git.js';
import { commitTree, treeOf, withTrailers } from './merge.js';
import { AUTOSTASHES } from './operation.js';
import { changeRefs, listRefs, readRef } from './refs.js';
import { readStatus } from './status.js';
import type { Worktree } from './worktree.js';

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
  return `${SALVAGE_ROOT}${run}/w${worker}`;
}

/**
 * Keeps what a worktree holds beyond its base in a new ref: HEAD, the worker's branch, what is staged, what git put aside
 * for an operation in progress, and the uncommitted and untracked (not ignored) files (see files-tree.ts). The tree of
 * the salvage is the files as they are on disk; the rest are its parents. Touches neither index, files nor branches.
 * Returns null when there is nothing to keep, after two git processes.
 */
export async function salvage(
  git: Git,
  worktree: Worktree,
  request: SalvageRequest,
): Promise<Salvage | null> {
  const status = await readStatus(git, worktree.path);
  const branch = await readRef(git, worktree.path, `refs/heads/${worktree.branch}`);
  const tips = [status.head, branch, ...(await autostashes(worktree.git_dir))].filter((tip) => tip !== null);
  const moved = tips.some((tip) => tip !== request.base);
  if (!moved && status.entries.length === 0) return null;
  const trees = status.entries.length === 0 ? null : await writeFilesTree(git, worktree, status);
  const parents = [...new Set(tips.length > 0 ? tips : [request.base])];
  if (trees === null) {
    return keep(
      git,
      worktree.path,
      await treeOf(git, worktree.path, parents[0] ?? request.base),
      parents,
      request,
    );
  }
  const { files, staged } = trees;
  if (staged !== null && staged !== files) {
    const message = 'What was staged';
    parents.push(
      await commitTree(git, worktree.path, { tree: staged, parents: parents.slice(0, 1), message }),
    );
  } else if (!moved && files === (await treeOf(git, worktree.path, request.base))) return null;
  return keep(git, worktree.path, files, parents, request);
}

async function autostashes(gitDir: string): Promise<Sha[]> {
  const found = await Promise.all(
    AUTOSTASHES.map((name) =>
      readFile(join(gitDir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      }),
    ),
  );
  // A kill may have left one empty.
  return found.flatMap((text) => shaSchema.safeParse(text.trim()).data ?? []);
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
    const names = [...(await listRefs(git, path, [prefix])).keys()];
    const taken = names.map((ref) => Number(ref.slice(prefix.length + 1).split('/')[0]));
    const ref = `${prefix}/${Math.max(0, ...taken.filter(Number.isInteger)) + 1}`;
    // Created only, never moved: a number that somebody took meanwhile is left to them.
    if (await changeRefs(git, path, [{ ref, old: null, next: sha }])) return { ref, sha };
  }
}
