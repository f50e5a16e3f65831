import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { shaSchema, type RunId, type Sha } from '../ids.js';
import type { Git } from './git.js';

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
  const answer = await git.ask(cwd, [
    'rev-parse',
    '--path-format=absolute',
    '--show-toplevel',
    '--absolute-git-dir',
    '--git-common-dir',
    '--show-superproject-working-tree',
  ]);
  if (answer.exit_code !== 0) return { kind: 'missing', problem: explain(answer.stderr, cwd) };
  const [home = '', gitDir = '', commonDir = '', superproject = ''] = answer.stdout.split('\n');
  if (superproject !== '') {
    return {
      kind: 'missing',
      problem: `${home} is a submodule of ${superproject}. Start hew in a repository of its own: cd ${superproject}`,
    };
  }
  const root = await projectRoot(git, home, commonDir);
  const head = await git.ask(home, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  const branch = await git.ask(home, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return {
    kind: 'found',
    places: {
      home,
      git_dir: gitDir,
      common_dir: commonDir,
      hew: join(root, '.hew'),
      project: basename(root),
      branch: branch.exit_code === 0 ? branch.stdout.trim() : null,
      head: head.exit_code === 0 ? shaSchema.parse(head.stdout.trim()) : null,
    },
  };
}

function explain(stderr: string, cwd: string): string {
  if (stderr.includes('must be run in a work tree')) {
    return `${cwd} is a bare repository or a git folder. Start hew in a worktree of it: git worktree add <folder>`;
  }
  if (stderr.includes('dubious ownership')) return stderr.trim().split('\n')[0] ?? stderr;
  return `${cwd} is not a git repository. Go to your project, or make one here: git init`;
}

/** The main worktree, which git lists first, or the folder that a bare common dir lies in. */
async function projectRoot(git: Git, home: string, commonDir: string): Promise<string> {
  const first = (await git.text(home, ['worktree', 'list', '--porcelain'])).split('\n\n')[0] ?? '';
  if (first.split('\n').includes('bare')) return dirname(commonDir);
  return first.match(/^worktree (.*)$/m)?.[1] ?? home;
}

/** `~/.hew`, or where `HEW_HOME` says; absolute, with links resolved as far as it exists. */
export async function hewHome(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const path = resolve(env['HEW_HOME'] || join(homedir(), '.hew'));
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
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
