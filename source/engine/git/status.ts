import { type Sha, shaSchema } from '../ids.js';
import type { Git } from './git.js';

/** What `git status` tells of a worktree; paths are relative to its top, decoded as {@link Git} says. */
export interface Status {
  /** Null in a repository without a commit. */
  readonly head: Sha | null;
  /** Null when HEAD is detached. */
  readonly branch: string | null;
  /** Tracked paths that differ from HEAD, in the index or on disk. */
  readonly changed: readonly string[];
  /** Untracked, not ignored. A path that ends with "/" is a nested repository or an unreadable folder. */
  readonly untracked: readonly string[];
  /** The same paths, changed and untracked, with all that git told of each. */
  readonly entries: readonly StatusEntry[];
}

/** One path of a {@link Status}. */
export interface StatusEntry {
  readonly kind: 'changed' | 'unmerged' | 'untracked';
  readonly path: string;
  /** The name as it is on disk, for opening it. */
  readonly path_bytes: Buffer;
  /** Git's fields before the path: state, modes and the object names in HEAD and index. Empty when untracked. */
  readonly fields: readonly string[];
}

/** What {@link parseStatus} reads the output of. */
export const STATUS_COMMAND: readonly string[] = [
  'status',
  '--porcelain=v2',
  '--branch',
  // Counting commits against an upstream is slow in a long history, and nobody reads it.
  '--no-ahead-behind',
  '-z',
  '--untracked-files=all',
  '--no-renames',
];

/** Reads `git status`; never refreshes the index on disk (GIT_OPTIONAL_LOCKS=0). One process. */
export async function readStatus(git: Git, path: string): Promise<Status> {
  return parseStatus(await git.bytes(path, STATUS_COMMAND));
}

/** "1 XY sub mH mI mW hH hI path" and, unmerged, "u XY sub m1 m2 m3 mW h1 h2 h3 path": the fields between. */
const FIELDS = { '1': 7, u: 9, '?': 0 } as const;
const KINDS = { '1': 'changed', u: 'unmerged', '?': 'untracked' } as const;

/** Parses porcelain v2 with NULs (git-status(1), "Porcelain Format Version 2"), as text or as git's bytes. Pure. */
export function parseStatus(output: string | Buffer): Status {
  let head: Sha | null = null;
  let branch: string | null = null;
  const entries: StatusEntry[] = [];
  // One character a byte: what is around the paths is ASCII, and no byte of a path is lost.
  const latin = (typeof output === 'string' ? Buffer.from(output) : output).toString('latin1');
  for (const entry of latin.split('\0')) {
    if (entry.startsWith('# branch.oid ')) head = shaSchema.safeParse(entry.slice(13)).data ?? null;
    else if (entry.startsWith('# branch.head ')) {
      const name = Buffer.from(entry.slice(14), 'latin1').toString();
      branch = name === '(detached)' ? null : name;
    } else if (/^[1u?] /.test(entry)) entries.push(parseEntry(entry));
  }
  const paths = (untracked: boolean): string[] =>
    entries.filter(({ kind }) => (kind === 'untracked') === untracked).map(({ path }) => path);
  return { head, branch, changed: paths(false), untracked: paths(true), entries };
}

function parseEntry(entry: string): StatusEntry {
  const sign = entry[0] as keyof typeof KINDS;
  let at = 2;
  for (let field = 0; field < FIELDS[sign]; field += 1) at = entry.indexOf(' ', at) + 1;
  const path_bytes = Buffer.from(entry.slice(at), 'latin1');
  return {
    kind: KINDS[sign],
    path: path_bytes.toString(),
    path_bytes,
    fields: entry.slice(2, at).split(' ').slice(0, FIELDS[sign]),
  };
}
