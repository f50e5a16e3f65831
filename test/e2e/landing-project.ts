import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type GitProject } from '../git-project.js';
import type { SteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { type LoopOptions, type LoopRun, startLoop } from './loop-run.js';
import { passesGate } from './passes-gate.js';

/** Green with either of the two files, red with both: what merges cleanly may yet be red. */
export const GATE = 'test ! -e broken && ! { test -e left && test -e right; }';
/** The files of a project with that gate. */
export const FILES = { '.hew.toml': `[gate]\ntest = '${GATE}'\n`, 'README.md': '# A project\n' };

/** Runs one task: the agent commits one file, and `meanwhile` happens before it ends. */
export async function runOne(
  project: GitProject,
  agents: SteppedAgents,
  given: { path?: string; text?: string; meanwhile?: (run: LoopRun) => Promise<unknown> } & Omit<
    LoopOptions,
    'agent'
  >,
): Promise<LoopRun> {
  const { path = 'right', text, meanwhile, ...options } = given;
  const [one] = await fileTitled(project, 'One');
  const run = await startLoop(project, { agent: agents.command, ...options });
  const agent = await agents.next({ task: one });
  await commitFile(agent, path, text);
  await meanwhile?.(run);
  await agent.close();
  return run;
}

/** The user commits a file in the checkout. */
export async function commit(project: GitProject, path: string, text = `${path}\n`): Promise<void> {
  await project.write(path, text);
  await project.git('add', '--all');
  await project.git('commit', '--quiet', '--message', `My ${path}`);
}

/** The files of a commit, hidden ones left out. */
export const filesOf = async (project: GitProject, ref: string): Promise<string[]> =>
  (await project.git('ls-tree', '-r', '--name-only', ref))
    .split('\n')
    .filter((path) => !path.startsWith('.'));

/** Nothing of the run is left but what it merged, and main is green. */
export async function expectLanded(project: GitProject): Promise<void> {
  expect(await project.git('for-each-ref', '--format=%(refname)', 'refs/heads/loop')).toBe('');
  expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
  expect(await readdir(join(await realpath(project.folder), 'hew/wt'))).toEqual([]);
  expect(await project.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  expect(await passesGate(project, 'main', GATE)).toBe(true);
}
