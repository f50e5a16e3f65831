import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { cp, lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** The ignored files and folders of home that every worktree gets. Paths are relative to home, `/` between the parts. */
export interface Carried {
  /** None lies beneath another or beneath a linked one. */
  readonly copied: readonly string[];
  readonly linked: readonly string[];
  /** Lines of gitignore that mean exactly `copied` and `linked`: for core.excludesFile. */
  readonly patterns: readonly string[];
  /** Settings that mean nothing which is there. */
  readonly missing: readonly string[];
  /** Settings that mean tracked files alone: every worktree has those anyway. */
  readonly tracked: readonly string[];
  /** Settings that mean untracked files which git does not ignore: an agent's work could not be told from them. */
  readonly not_ignored: readonly string[];
}

/** A path that the worktree did not get. */
export interface NotCarried {
  /** Relative to home. */
  readonly path: string;
  /** To follow the path: `is gone from …`. */
  readonly reason: string;
}

/**
 * Copies and links what the worktree is missing; what is there already is left as it is, whatever it is. A copy is
 * there as a whole or not at all; modes, times and symbolic links are kept, and `.git`, sockets, pipes and devices left
 * out. Nothing is written through a symbolic link: the worktree may have been changed by an agent. Resolves to what could
 * not be carried; rejects only with the signal's reason.
 */
export async function carryFiles(
  carried: Pick<Carried, 'copied' | 'linked'>,
  home: string,
  worktreePath: string,
  signal?: AbortSignal,
): Promise<readonly NotCarried[]> {
  const links = new Set(carried.linked);
  const not: NotCarried[] = [];
  for (const path of [...carried.copied, ...carried.linked]) {
    signal?.throwIfAborted();
    try {
      const reason = await carry(path, { home, worktreePath, links, signal });
      if (reason !== null) not.push({ path, reason });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Error && 'code' in error)) throw error;
      not.push({ path, reason: `could not be carried: ${error.message}` });
    }
  }
  return not;
}

interface Way {
  readonly home: string;
  readonly worktreePath: string;
  /** Paths that are linked. */
  readonly links: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/** Carries one path; gives the reason when it cannot be. */
async function carry(path: string, way: Way): Promise<string | null> {
  const { home, worktreePath } = way;
  const [from, to] = [join(home, path), join(worktreePath, path)];
  const source = (await firstNoFolder(home, path, false)) === null ? await look(from) : null;
  if (source === null) return `is gone from ${home}`;
  const inTheWay = await firstNoFolder(worktreePath, path, true);
  if (inTheWay !== null) return `has ${inTheWay} in its way, which is no folder`;
  if ((await look(to)) !== null) return null;

  if (way.links.has(path)) await symlink(from, to);
  else if (source.isSymbolicLink()) await symlink(await linkText(home, from), to);
  else if (isCopied(from, source)) await copyAsWhole(from, to, way);
  else return 'is neither a file nor a folder';
  return null;
}

/** The first folder above `path` that is none, a symbolic link included; null when all are. Missing ones can be made. */
async function firstNoFolder(root: string, path: string, make: boolean): Promise<string | null> {
  let folder = root;
  for (const part of ['', ...path.split('/').slice(0, -1)]) {
    folder = join(folder, part);
    const found = await look(folder);
    if (found === null && make && part !== '') await mkdir(folder);
    else if (!found?.isDirectory()) return folder;
  }
  return null;
}

/** A link that points out of home by a relative way would point elsewhere from the worktree. */
async function linkText(home: string, link: string): Promise<string> {
  const text = await readlink(link);
  if (isAbsolute(text)) return text;
  const target = resolve(dirname(link), text);
  return relative(home, target).split('/')[0] === '..' ? target : text;
}

/** The copy is made beside its place, so that what a kill or a full disk cuts is not taken for the whole later on. */
async function copyAsWhole(from: string, to: string, { home, links, signal }: Way): Promise<void> {
  const beside = join(dirname(to), `.hew-${randomBytes(4).toString('hex')}`);
  try {
    await cp(from, beside, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      filter: async (file) => {
        signal?.throwIfAborted();
        const found = await look(file);
        return found !== null && isCopied(file, found) && !links.has(relative(home, file));
      },
    });
    await rename(beside, to);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Through a `.git` that was copied, an agent's git would work in another repository. */
function isCopied(file: string, found: Stats): boolean {
  const kind = found.isFile() || found.isDirectory() || found.isSymbolicLink();
  return kind && basename(file).toLowerCase() !== '.git';
}

/** What is at the path, links not followed; null when nothing is. */
async function look(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
}
