import { join } from 'node:path';
import { type Sha, shaSchema } from '../ids.js';
import type { Git } from './git.js';
import { findHiddenRepositories } from './hidden-repositories.js';
import { copyIndex, withIndex } from './scratch-index.js';
import type { Status, StatusEntry } from './status.js';
import type { Worktree } from './worktree.js';

/** What a worktree holds, as trees in the object store that no commit names yet. */
export interface FilesTree {
  /** Everything that git does not ignore, as it is on disk. */
  readonly files: Sha;
  /** The index, where it holds what is neither in HEAD nor on disk; null in an unfinished merge. */
  readonly staged: Sha | null;
}

/**
 * Writes trees of a worktree through an index of their own: its index, files and refs stay as they are. Repositories
 * inside the worktree go in as plain files, since a commit that only names their commits would keep nothing of them;
 * their history does not go in, nor does what git cannot read as a file (sockets, pipes). Throws when a file cannot be
 * read.
 */
export async function writeFilesTree(git: Git, worktree: Worktree, status: Status): Promise<FilesTree> {
  return withIndex(worktree, async (index) => {
    await copyIndex(worktree, index);
    const env = { GIT_INDEX_FILE: index };
    const staged = status.entries.some(isStagedAndChanged)
      ? await git.ask(worktree.path, ['write-tree'], { env })
      : null;
    const repositories = [
      ...status.entries.filter(isRepository),
      ...(await findHiddenRepositories(worktree.path, status.entries)),
    ];
    const nested = repositories.map(({ path }) => path.replace(/\/$/, ''));
    const files = await writeTree(git, worktree, worktree.path, env, nested);
    return { files, staged: staged?.exit_code === 0 ? shaSchema.parse(staged.stdout.trim()) : null };
  });
}

/** State "XY": staged, and again different on disk. */
function isStagedAndChanged({ kind, fields }: StatusEntry): boolean {
  return kind === 'changed' && /^[^.][^.]$/.test(fields[0] ?? '');
}

/** A repository that git does not know, that took the place of a file, or a submodule with changes of its own. */
function isRepository({ kind, path, fields: [, submodule = '', inHead, , onDisk] }: StatusEntry): boolean {
  if (kind === 'untracked') return path.endsWith('/');
  return (
    kind === 'changed' &&
    onDisk === '160000' &&
    (inHead !== '160000' || /[MU]/.test(submodule) || submodule[1] === 'C')
  );
}

async function writeTree(
  git: Git,
  worktree: Worktree,
  folder: string,
  env: Readonly<Record<string, string>>,
  nested: readonly string[],
): Promise<Sha> {
  const others = nested.map((path) => `:(exclude,literal)${path}`);
  // What a checkout may not hold, by its line endings or its place outside of a sparse one, is kept all the same.
  const add = ['-c', 'core.safecrlf=false', 'add', '--all', '--sparse', '--', '.', ...others];
  await git.text(folder, add, { env });
  if (nested.length > 0) {
    const input = nested.map((path) => `${path}\0`).join('');
    await git.text(folder, ['update-index', '-z', '--force-remove', '--stdin'], { env, input });
  }
  for (const path of nested) {
    const tree = await writeRepositoryTree(git, worktree, join(folder, path));
    if (tree !== null) await git.text(folder, ['read-tree', `--prefix=${path}/`, tree], { env });
  }
  return shaSchema.parse(await git.text(folder, ['write-tree'], { env }));
}

/** The tree of a folder that is a repository of its own, written to the project's object store; null when it is empty. */
async function writeRepositoryTree(git: Git, worktree: Worktree, folder: string): Promise<Sha | null> {
  return withIndex(worktree, async (index) => {
    const env = { GIT_DIR: worktree.git_dir, GIT_WORK_TREE: folder, GIT_INDEX_FILE: index };
    const files = await git.list(folder, ['ls-files', '-z', '--others', '--exclude-standard'], { env });
    if (files.length === 0) return null;
    const nested = files.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1));
    return writeTree(git, worktree, folder, env, nested);
  });
}
