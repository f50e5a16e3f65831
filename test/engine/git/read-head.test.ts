import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHead } from '../../../source/engine/git/read-head.js';
import { makeGitProject } from '../../git-project.js';
import { agentGit, hewGit, makeWorktree, shaOf } from './hew-git.js';

test('HEAD of a worktree is read wherever it stands and however its ref is kept', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const { worktree, base } = await makeWorktree(git, project);
  const read = () => readHead(git, worktree, join(project.path, '.git'));
  const inWorktree = (...args: readonly string[]) => agentGit(project, worktree.path, ...args);
  expect(await read()).toBe(base);
  await inWorktree('commit', '--quiet', '--allow-empty', '--message', 'Work');
  const work = await shaOf(project, worktree.branch);
  expect(await read()).toBe(work);
  await inWorktree('pack-refs', '--all');
  expect(await read()).toBe(work);
  await inWorktree('checkout', '--quiet', '--detach', 'HEAD~1');
  expect(await read()).toBe(base);
  await inWorktree('checkout', '--quiet', '--orphan', 'nothing-yet');
  expect(await read()).toBeNull();
  await rm(join(worktree.path), { recursive: true });
  await rm(worktree.git_dir, { recursive: true });
  await expect(read()).rejects.toThrow('git rev-parse');
});
