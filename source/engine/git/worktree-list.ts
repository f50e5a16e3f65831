import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Sha, shaSchema } from '../ids.js';
import type { Git } from './git.js';
import { IDENTITY_COMMAND, type Worktree } from './worktree.js';

/** One entry of git's own list of worktrees. */
export interface WorktreeListing {
  readonly path: string;
  /** Null in a repository without a commit, and where HEAD cannot be read. */
  readonly head: Sha | null;
  /** Without `refs/heads/`; null when HEAD is detached. */
  readonly branch: string | null;
  /** Why somebody has locked it, which may be empty; null when it is not locked. */
  readonly locked: string | null;
}

/** Every worktree that git knows of, those included whose folder is gone. */
export async function listWorktreesOfGit(git: Git, home: string): Promise<readonly WorktreeListing[]> {
  return parseWorktreeList(await git.text(home, ['worktree', 'list', '--porcelain', '-z']));
}

/** Parses what `git worktree list --porcelain -z` prints (git-worktree(1), "Porcelain Format"). Pure. */
export function parseWorktreeList(output: string): readonly WorktreeListing[] {
  return output.split('\0\0').flatMap((entry) => {
    const fields = entry.split('\0');
    const valueOf = (name: string): string | null => {
      const field = fields.find((each) => each === name || each.startsWith(`${name} `));
      return field === undefined ? null : field.slice(name.length + 1);
    };
    const path = valueOf('worktree');
    if (path === null) return [];
    const head = shaSchema.safeParse(valueOf('HEAD')).data;
    return [
      {
        path,
        // Git writes zeros where there is no commit.
        head: head === undefined || /^0+$/.test(head) ? null : head,
        branch: valueOf('branch')?.replace(/^refs\/heads\//, '') ?? null,
        locked: valueOf('locked'),
      },
    ];
  });
}

/**
 * The worktree at a path, as long as it and the repository of `commonDir` name each other; null when the folder is not,
 * or no longer, the worktree that git lists there. For what was made by a run whose own record is gone.
 */
export async function worktreeAt(
  git: Git,
  commonDir: string,
  listing: Pick<WorktreeListing, 'path' | 'branch'>,
): Promise<Worktree | null> {
  const { path } = listing;
  const folder = await lstat(path).catch(() => null);
  if (!folder?.isDirectory()) return null;
  const answer = await git.ask(path, IDENTITY_COMMAND);
  if (answer.exit_code !== 0) return null;
  const [top, gitDir = ''] = answer.stdout.split('\n');
  if (top !== path || dirname(gitDir) !== join(commonDir, 'worktrees')) return null;
  const back = await readFile(join(gitDir, 'gitdir'), 'utf8').catch(() => null);
  if (back === null || resolve(gitDir, back.trimEnd()) !== join(path, '.git')) return null;
  return { path, git_dir: gitDir, branch: listing.branch ?? '' };
}
