import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { environments, type Environments, findIdentity } from './git/environment.js';
import type { Git } from './git/git.js';
import type { Carried } from './worktree/carry-files.js';

/** What the environments of a run are made from. */
export interface EnvironmentFacts {
  /** Has the user's own configuration. */
  readonly git: Git;
  readonly home: string;
  /** The inherited environment without what binds git to one repository. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the run's worktrees. */
  readonly worktrees: string;
  readonly carried: Carried;
}

/** Makes the environments that a run starts its programs with, and writes the file of paths that they must exclude. */
export async function makeEnvironments(facts: EnvironmentFacts): Promise<Environments> {
  return environments({
    inherited: facts.env,
    local_variables: [],
    ceiling: facts.worktrees,
    excludes_file: await writeExcludes(facts),
    ...(await findIdentity(facts.home, facts.env)),
  });
}

/** The user's own excluded paths and every path that hew carries into worktrees: no agent must commit those. */
async function writeExcludes({
  git,
  home,
  env,
  worktrees,
  carried,
}: EnvironmentFacts): Promise<string | null> {
  if (carried.patterns.length === 0) return null;
  const named = await git.ask(home, ['config', '--get', '--path', 'core.excludesFile']);
  const config = env['XDG_CONFIG_HOME'] || join(env['HOME'] ?? homedir(), '.config');
  const path = named.exit_code === 0 ? resolve(home, named.stdout.trim()) : join(config, 'git', 'ignore');
  const own = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw error;
  });
  const file = join(worktrees, 'exclude');
  await mkdir(worktrees, { recursive: true, mode: 0o700 });
  const lines = [...(own === '' ? [] : [own.trimEnd()]), ...carried.patterns];
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
