import { lstat } from 'node:fs/promises';
import type { Sha } from '../ids.js';
import type { Git } from './git.js';
import { findHiddenRepositories } from './hidden-repositories.js';
import { readStatus, type Status, type StatusEntry } from './status.js';
import type { Worktree } from './worktree.js';

export interface CollectedOptions {
  /** What the work began from. */
  readonly base: Sha;
  /** The paths that hew copied or linked into the worktree, relative to its top; a path covers all beneath it. */
  readonly carried: readonly string[];
  /** The largest new file that is fine, in bytes; 50 MB when absent. */
  readonly max_bytes?: number;
  /** Whether repositories inside are a problem; they are, when absent. A person may well have meant them. */
  readonly repositories?: boolean;
  /** What all commits of the work change, where that is known: it spares another one. */
  readonly committed?: readonly Change[];
  /** A status that was read since the agent ended: it spares one git process. */
  readonly status?: Status;
}

/** A path that a commit of the work changes, with its new mode. */
export interface Change {
  readonly path: string;
  readonly mode: string;
}

/**
 * Says, in sentences that name the paths, why the work in a worktree must not be committed and merged as it is: it holds
 * repositories of its own, paths that hew put there (in any of its commits, since history keeps them), or new files
 * too large to commit unasked. Empty when all is fine. One git process, a second one where there are commits, and a
 * third where they hold a repository.
 */
export async function findCollectedProblems(
  git: Git,
  worktree: Worktree,
  options: CollectedOptions,
): Promise<readonly string[]> {
  const { base, carried, max_bytes = 50_000_000 } = options;
  const status = options.status ?? (await readStatus(git, worktree.path));
  const committed = options.committed ?? (await readRange(git, worktree.path, base, status.head));
  const uncommitted = status.entries.map(({ path, fields }): Change => ({ path, mode: fields[4] ?? '' }));
  const repositories =
    options.repositories === false
      ? []
      : [
          ...committed.filter(({ mode }) => mode === GITLINK),
          ...status.entries.filter(isRepository),
          ...(await findHiddenRepositories(worktree.path, status.entries)),
        ];
  return [
    ...(await findRepositories(git, worktree.path, base, repositories)),
    ...findCarried(carried, committed, uncommitted),
    ...(await findLarge(worktree.path, status.entries, max_bytes)),
  ];
}

const GITLINK = '160000';

function isRepository({ kind, path, fields: [, , , inIndex, onDisk] }: StatusEntry): boolean {
  if (kind === 'untracked') return path.endsWith('/');
  return inIndex === GITLINK || onDisk === GITLINK;
}

/** Every change of every commit; of a merge what no parent has. Plumbing has no command that does this in one process. */
async function readRange(git: Git, path: string, base: Sha, head: Sha | null): Promise<Change[]> {
  if (head === null || head === base) return [];
  const settings = ['-c', 'log.showRoot=true', '-c', 'log.showSignature=false', '-c', 'diff.relative=false'];
  const format = ['--format=', '-z', '--raw', '-c', '--no-renames', '--ignore-submodules=none'];
  return parseChanges(await git.text(path, [...settings, 'log', ...format, `${base}..${head}`, '--']));
}

/** Parses what `--raw -z` prints. Pure. */
export function parseChanges(output: string): Change[] {
  const fields = output.split('\0').filter((field) => field !== '');
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2)
    changes.push(parseChange(fields[at] ?? '', fields[at + 1] ?? ''));
  return changes;
}

/** ":<old mode> <new mode> …", and of a merge "::<mode in each parent> <new mode> …" (git-diff-tree(1)). */
function parseChange(raw: string, path: string): Change {
  const parents = raw.lastIndexOf(':') + 1;
  return { path, mode: raw.slice(parents).split(' ')[parents] ?? '' };
}

async function findRepositories(
  git: Git,
  path: string,
  base: Sha,
  found: readonly { readonly path: string }[],
): Promise<string[]> {
  const paths = [...new Set(found.map(({ path }) => path.replace(/\/$/, '')))];
  if (paths.length === 0) return [];
  const known = await git.list(path, ['--literal-pathspecs', 'ls-tree', '-z', base, '--', ...paths]);
  const submodules = new Set(
    known.filter((entry) => entry.startsWith(GITLINK)).map((entry) => entry.slice(entry.indexOf('\t') + 1)),
  );
  return paths.map((path) =>
    submodules.has(path)
      ? `${told(path)} is a submodule that was changed: its commits may be nowhere but in this worktree`
      : `${told(path)} is a git repository of its own: its files would not be in the commit`,
  );
}

function findCarried(
  carried: readonly string[],
  committed: readonly Change[],
  uncommitted: readonly Change[],
): string[] {
  return carried.flatMap((name) => {
    const root = name.replace(/\/+$/, '');
    const covers = ({ path }: Change): boolean => path === root || path.startsWith(`${root}/`);
    const inCommits = committed.find(covers);
    const inFiles = inCommits ?? uncommitted.find(covers);
    if (inFiles === undefined) return [];
    const where = inCommits ? 'is in a commit of the work' : 'would be committed with the work';
    return [`${told(root)} was put into the worktree by hew and ${where}: ${told(inFiles.path)}`];
  });
}

async function findLarge(path: string, entries: readonly StatusEntry[], maxBytes: number): Promise<string[]> {
  const added = entries.filter(({ kind, fields }) => kind === 'untracked' || fields[2] === '000000');
  const sizes = await Promise.all(
    added.map((entry) =>
      lstat(Buffer.concat([Buffer.from(`${path}/`), entry.path_bytes])).then(
        (found) => (found.isFile() ? found.size : 0),
        (error: NodeJS.ErrnoException) => {
          // Staged and removed again.
          if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return 0;
          throw error;
        },
      ),
    ),
  );
  return added.flatMap(({ path }, index) => {
    const size = sizes[index] ?? 0;
    return size > maxBytes
      ? [
          `${told(path)} is new and has ${megabytes(size)}: more than ${megabytes(maxBytes)} are not committed unasked`,
        ]
      : [];
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A path as one word of a sentence: one with a line break or an escape sequence in it is quoted. */
function told(path: string): string {
  return /[\p{Cc}"]/u.test(path) ? JSON.stringify(path) : path;
}
