import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sha, shaSchema } from '../ids.js';
import type { Git } from './git.js';
import { readRef } from './refs.js';
import type { Worktree } from './worktree.js';

/**
 * The commit that HEAD of a worktree is at; null when there is none, or no worktree. It starts a git only where refs are
 * packed or in tables.
 */
export async function readHead(
  git: Git,
  { path, git_dir }: Pick<Worktree, 'path' | 'git_dir'>,
  commonDir: string,
): Promise<Sha | null> {
  const head = await textOf(join(git_dir, 'HEAD'));
  const ref = /^ref: (refs\/heads\/\S+)\n$/.exec(head)?.[1];
  const name = ref === undefined ? head : await textOf(join(commonDir, ref));
  return shaSchema.safeParse(name.trimEnd()).data ?? readRef(git, path, 'HEAD');
}

/** What cannot be read is left to git to say. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
