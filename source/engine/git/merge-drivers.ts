import { configVariables, inheritedConfig } from './environment.js';
import { type Git, GitError } from './git.js';

const DRIVERS = ['config', '-z', '--name-only', '--get-regexp', String.raw`^merge\..*\.driver$`];

/**
 * Variables with which git starts none of the merge programs that the user's configuration names, and takes what they
 * would have merged as merged: a merge that is only tried must have no effect, and such a program may have one.
 */
export async function withoutMergeDrivers(git: Git, path: string): Promise<Readonly<Record<string, string>>> {
  const answer = await git.ask(path, DRIVERS);
  // 1 is none.
  if (answer.exit_code > 1) throw new GitError(DRIVERS, path, answer);
  const keys = new Set(answer.stdout.split('\0').filter((key) => key !== ''));
  return configVariables([...inheritedConfig(git.env), ...[...keys].map((key) => [key, 'true'] as const)]);
}
