import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { shaSchema, type RunId, type Sha } from '../ids.js';
import { ENGLISH, type Git } from './git.js';

/** Where everything of a project is (LOOP.md §1). All paths are absolute. */
export interface Places {
  /** The worktree that hew was started in. */
  readonly home: string;
  readonly git_dir: string;
  readonly common_dir: string;
  /** The folder of the queue and of the runs: the main worktree's `.hew`, or beside a bare common dir. */
  readonly hew: string;
  /** The project's name, for people. */
  readonly project: string;
  /** The branch of home, or null when HEAD is detached. */
  readonly branch: string | null;
  /** Home's commit, or null when there is none yet. */
  readonly head: Sha | null;
}

export type PlacesResult =
  | { readonly kind: 'found'; readonly places: Places }
  /** Says what is wrong and the command that mends it. */
  | { readonly kind: 'missing'; readonly problem: string };

/** Finds the places of the project around `cwd`. Never throws for what a folder may be. */
export async function findPlaces(git: Git, cwd: string): Promise<PlacesResult> {
  const folder = await stat(cwd).catch((error: NodeJS.ErrnoException) => error);
  if (folder instanceof Error) return missing(`${cwd} cannot be opened (${folder.code}). Go to your project`);
  if (!folder.isDirectory()) return missing(`${cwd} is not a folder. Go to your project`);
  const args = [
    '--show-toplevel',
    '--absolute-git-dir',
    '--git-common-dir',
    '--show-superproject-working-tree',
  ];
  const commands = [
    ['rev-parse', '--path-format=absolute', ...args],
    ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'],
    // Without --short, which says "heads/main" when a tag is called main too.
    ['symbolic-ref', '--quiet', 'HEAD'],
  ];
  const [place, head, branch] = await git.answers(cwd, commands, { env: ENGLISH });
  if (place?.exit_code !== 0) return missing(explain(place?.stderr ?? '', cwd));
  const paths = place.stdout.split('\n').slice(0, -1);
  // Git ends each path with a line break: one inside a path would shift the others.
  if (paths.length > 4 || !paths.every((path) => isAbsolute(path) && !path.includes('\uFFFD'))) {
    return missing(
      `The path of ${cwd} has a line break or is not UTF-8. Rename that folder: mv <folder> <plain name>`,
    );
  }
  const [home = '', gitDir = '', commonDir = '', superproject] = paths;
  if (superproject !== undefined) {
    return missing(
      `${home} is a submodule of ${superproject}. Start hew in a repository of its own: cd ${superproject}`,
    );
  }
  return {
    kind: 'found',
    places: {
      home,
      git_dir: gitDir,
      common_dir: commonDir,
      ...(await projectRoot(git, home, gitDir, commonDir)),
      branch: /^refs\/heads\/(.+)\n$/.exec(branch?.stdout ?? '')?.[1] ?? null,
      head: head?.exit_code === 0 ? shaSchema.parse(head.stdout.trim()) : null,
    },
  };
}

function missing(problem: string): PlacesResult {
  return { kind: 'missing', problem };
}

function explain(stderr: string, cwd: string): string {
  if (stderr.includes('must be run in a work tree')) {
    return `${cwd} is a bare repository or a git folder. Start hew in a worktree of it: git worktree add <folder>`;
  }
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [first = `git cannot read ${cwd}`] = lines.filter((line) => line.startsWith('fatal:'));
  if (stderr.includes('dubious ownership')) {
    return `${first}. If you trust it: ${lines.find((line) => line.startsWith('git config')) ?? lines.at(-1)}`;
  }
  const gone = /not a git repository: (.+)$/m.exec(stderr)?.[1];
  if (gone !== undefined) {
    return `${cwd} is a worktree whose repository has moved or is gone (${gone}). If it moved, go there: git worktree repair ${cwd}`;
  }
  // The particulars may stand on lines of their own.
  if (!stderr.includes('not a git repository')) return lines.join(' ') || first;
  return `${cwd} is not a git repository. Go to your project, or make one here: git init`;
}

/** The main worktree, which git lists first, or the folder that a bare common dir lies in. */
async function projectRoot(
  git: Git,
  home: string,
  gitDir: string,
  commonDir: string,
): Promise<{ readonly hew: string; readonly project: string }> {
  const root = async (): Promise<string> => {
    // Home is the main worktree, wherever its git folder lies.
    if (gitDir === commonDir) return home;
    const list = await git.text(home, ['worktree', 'list', '--porcelain', '-z']);
    const [worktree = '', ...attributes] = (list.split('\0\0')[0] ?? '').split('\0');
    return attributes.includes('bare') ? dirname(commonDir) : worktree.replace(/^worktree /, '');
  };
  const found = await root();
  return { hew: join(found, '.hew'), project: basename(found) };
}

/** `~/.hew`, or where `HEW_HOME` says; absolute, with links resolved as far as it exists. */
export async function hewHome(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const path = resolve(env['HEW_HOME'] || join(env['HOME'] || homedir(), '.hew'));
  return resolveLinks(path);
}

/** Git names worktrees by their real paths, so a link above a folder that is yet to be made counts as well. */
async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return join(await resolveLinks(dirname(path)), basename(path));
  }
}

/** The folder of a run's worktrees. */
export function worktreesFolder(hewHomePath: string, run: RunId): string {
  return join(hewHomePath, 'wt', run);
}

/** The folder of a run's journal and files. */
export function runFolder(places: Pick<Places, 'hew'>, run: RunId): string {
  return join(places.hew, 'loop', run);
}
