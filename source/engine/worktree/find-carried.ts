import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../git/git.js';
import type { Carried } from './carry-files.js';
import * as select from './select-files.js';

/** The file in home whose patterns (gitignore's format) name ignored files that worktrees get copies of. */
export const WORKTREE_INCLUDE = '.worktreeinclude';

/** `[worktree] copy` and `link`: paths and globs inside home, as the settings have checked them. */
export interface CarrySettings {
  readonly copy: readonly string[];
  readonly link: readonly string[];
}

/**
 * Finds what is carried from home into worktrees: what git ignores there and `.worktreeinclude` or the settings name.
 * What both `copy` and `link` name is linked. Never anything of `.git` or `.hew`, and no path with a line break, which
 * no line of gitignore could name. `git` has the user's own core.excludesFile. Rejects when git fails or
 * `.worktreeinclude` cannot be read.
 */
export async function findCarried(git: Git, home: string, settings: CarrySettings): Promise<Carried> {
  const listing = await git.text(home, [...OTHERS, '--exclude-standard']);
  const ignored = select.listedPaths(listing).filter(mayBeCarried);
  const told: Record<Told, string[]> = { missing: [], tracked: [], not_ignored: [] };
  const find = async (entries: readonly string[]): Promise<readonly string[]> => {
    const all: string[] = [];
    for (const entry of entries) {
      const found = await lookUp(git, home, entry, ignored);
      if (typeof found === 'string') told[found].push(entry);
      else all.push(...found);
    }
    return all;
  };

  const linked = select.withoutBeneath(await find(settings.link));
  const above = new select.PathSet(linked);
  const toCopy = [...(await find(settings.copy)), ...(await included(git, home, ignored))];
  const copied = select.withoutBeneath(toCopy.filter((path) => !above.covers(path)));
  return { copied, linked, patterns: [...copied, ...linked].map(select.ignoreLine), ...told };
}

type Told = 'missing' | 'tracked' | 'not_ignored';

const OTHERS = ['ls-files', '-z', '--others', '--ignored', '--directory'];

function mayBeCarried(path: string): boolean {
  const parts = path.toLowerCase().split('/');
  return parts[0] !== '.hew' && !parts.includes('.git') && !/[\r\n]/.test(path);
}

/** What one setting means, or why it means nothing. */
async function lookUp(
  git: Git,
  home: string,
  entry: string,
  ignored: readonly string[],
): Promise<readonly string[] | Told> {
  const lead = select.literalLead(entry);
  const which = [
    ...select.ignorePatterns(entry).flatMap((pattern) => ['-x', pattern]),
    // Git need not look where nothing can be meant: home may have folders with a hundred thousand files.
    ...(lead === '' ? [] : ['--', lead]),
  ];
  const others = select.listedPaths(await git.text(home, ['--literal-pathspecs', ...OTHERS, ...which]));
  const found = select.inBoth(ignored, others.filter(mayBeCarried));
  if (found.length > 0) return found;
  const listTracked = ['--literal-pathspecs', 'ls-files', '-z', '--cached', '--ignored', ...which];
  if ((await git.list(home, listTracked)).length > 0) return 'tracked';
  return others.length > 0 ? 'not_ignored' : 'missing';
}

/** What `.worktreeinclude` names. */
async function included(git: Git, home: string, ignored: readonly string[]): Promise<readonly string[]> {
  const lines = select.patternLines(await readIfThere(join(home, WORKTREE_INCLUDE)));
  if (lines.length === 0) return [];
  const matching = async (patterns: readonly string[]): Promise<readonly string[]> => {
    const options = patterns.flatMap((pattern) => ['-x', pattern]);
    return select.listedPaths(await git.text(home, [...OTHERS, ...options])).filter(mayBeCarried);
  };
  const found = select.inBoth(ignored, await matching(lines));

  // `.env` means the project's own, not one of a package that lies deep in node_modules: into a folder that is ignored
  // as a whole reach only patterns that name the way to it.
  const wholes = new select.PathSet(ignored);
  const deep = found.filter((path) => !wholes.has(path));
  const ways = lines.filter((line) => !select.isMereName(line));
  if (deep.length === 0 || ways.length === lines.length) return found;
  const named = new select.PathSet(ways.length === 0 ? [] : await matching(ways));
  return found.filter((path) => wholes.has(path) || named.covers(path));
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
