import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Git } from '../../../source/engine/git/git.js';
import { salvage } from '../../../source/engine/git/salvage.js';
import { operationInProgress, quitOperation, type Worktree } from '../../../source/engine/git/worktree.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { agentGit, hewGit, makeWorktree, pictureOf, RUN, script } from './hew-git.js';

type Call = (...args: readonly string[]) => Promise<unknown>;

/** What agents may have begun in a worktree whose branch and `other` both changed the file; `last` is the latter's patch. */
const BEGUN: Readonly<
  Record<string, readonly [operation: string, begin: (git: Call, last: string) => Promise<unknown>]>
> = {
  'a merge in conflict': ['merge', (git) => git('merge', 'other')],
  'a merge without its commit': ['merge', (git) => git('merge', '--no-commit', 'apart')],
  'a rebase in conflict': ['rebase', (git) => git('rebase', 'other')],
  'a rebase by patches in conflict': ['rebase', (git) => git('rebase', '--apply', 'other')],
  'a rebase that stops to edit': [
    'rebase',
    (git) => git('-c', 'sequence.editor=sed -i s/^pick/edit/', 'rebase', '-i', 'HEAD~1'),
  ],
  'a rebase in a cherry-pick': [
    'rebase',
    async (git) => {
      await git('-c', 'sequence.editor=sed -i s/^pick/edit/', 'rebase', '-i', 'HEAD~1');
      await git('cherry-pick', 'other');
    },
  ],
  'a rebase of merges in conflict': [
    'rebase',
    async (git) => {
      await git('merge', '-q', '--no-edit', 'apart');
      await git('rebase', '--rebase-merges', 'other');
    },
  ],
  'a cherry-pick in conflict': ['cherry-pick', (git) => git('cherry-pick', 'other')],
  'a cherry-pick of several': ['cherry-pick', (git) => git('cherry-pick', 'other', 'apart')],
  'a cherry-pick between two': [
    'cherry-pick',
    async (git) => {
      await git('cherry-pick', 'other', 'apart');
      await git('checkout', '-q', '--ours', '.');
      await git('commit', '-q', '--all', '--allow-empty', '--message', 'resolved');
    },
  ],
  'a revert in conflict': ['revert', (git) => git('revert', '--no-edit', 'HEAD~1')],
  'a revert of several': ['revert', (git) => git('revert', '--no-edit', 'HEAD~1', 'HEAD')],
  'a bisect': ['bisect', (git) => git('bisect', 'start', 'HEAD', 'HEAD~2')],
  'patches that do not apply': ['am', (git, last) => git('am', last)],
  'patches that conflict': ['am', (git, last) => git('am', '--3way', last)],
};

async function begin(
  name: string,
  project: GitProject,
): Promise<{ git: Git; worktree: Worktree; operation: string }> {
  const git = await hewGit(project);
  const { worktree } = await makeWorktree(git, project);
  await script(
    project,
    `git checkout -q -b apart; echo 1 > apart; git add apart; git commit -q -m apart
    git checkout -q -b other main; echo other > file; git commit -qam other
    git format-patch -q -1 -o ../patches; git checkout -q main
    cd '${worktree.path}'
    for text in first second; do echo $text > file; git commit -qam $text; done`,
  );
  const last = join(project.folder, 'patches/0001-other.patch');
  const call: Call = (...args) => agentGit(project, worktree.path, ...args);
  const [operation, start] = BEGUN[name] ?? ['none', async () => {}];
  expect(await operationInProgress(worktree.git_dir)).toBeNull();
  await start(call, last);
  return { git, worktree, operation };
}

it.concurrent.each(Object.keys(BEGUN))('knows %s and leaves it, touching nothing', async (name) => {
  await using project = await makeGitProject({ files: { file: '0\n' } });
  const { git, worktree, operation } = await begin(name, project);
  expect(await operationInProgress(worktree.git_dir)).toBe(operation);
  await writeFile(join(worktree.path, 'untracked'), '');
  const before = await pictureOf(project, worktree);
  await quitOperation(git, worktree);
  expect(await operationInProgress(worktree.git_dir)).toBeNull();
  expect(await pictureOf(project, worktree)).toEqual(before);
  // Git agrees that nothing is left to go on with, so that the next agent may begin anew.
  const said = await agentGit(project, worktree.path, 'status');
  expect(said.stdout).not.toMatch(
    /in progress|rebasing|bisecting|cherry-picking|reverting|am session|merging/i,
  );
  expect(
    await agentGit(project, worktree.path, 'for-each-ref', 'refs/bisect', 'refs/rewritten'),
  ).toMatchObject({
    stdout: '',
  });
});

it.concurrent('is nothing to leave when nothing is in progress', async () => {
  await using project = await makeGitProject({ files: { file: '0\n' } });
  const { git, worktree } = await begin('nothing', project);
  const before = await pictureOf(project, worktree);
  await quitOperation(git, worktree);
  expect(await pictureOf(project, worktree)).toEqual(before);
});

describe.concurrent('after a kill in the middle', () => {
  it('leaves an operation of which only an empty folder or file is there', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree } = await makeWorktree(git, project);
    const folders = ['rebase-merge', 'rebase-apply', 'sequencer'];
    for (const name of [...folders, 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'BISECT_LOG']) {
      const path = join(worktree.git_dir, name);
      await (folders.includes(name) ? mkdir(path) : writeFile(path, ''));
      expect(await operationInProgress(worktree.git_dir)).not.toBeNull();
      await quitOperation(git, worktree);
      expect([name, await operationInProgress(worktree.git_dir)]).toEqual([name, null]);
    }
  });

  it('leaves a rebase whose files are cut short', async () => {
    await using project = await makeGitProject({ files: { file: '0\n' } });
    const { git, worktree } = await begin('a rebase in conflict', project);
    const folder = join(worktree.git_dir, 'rebase-merge');
    for (const name of await readdir(folder)) await truncate(join(folder, name));
    await rm(join(folder, 'head-name'));
    await quitOperation(git, worktree);
    expect(await operationInProgress(worktree.git_dir)).toBeNull();
  });
});

describe.concurrent('changes that git put aside for an operation', () => {
  it.each([
    ['rebase', ['rebase', '--autostash', 'other']],
    ['rebase by patches', ['rebase', '--apply', '--autostash', 'other']],
    ['merge', ['merge', '--autostash', 'other']],
  ])('are salvaged from a %s, and never reach the stash, which is the user’s', async (_, args) => {
    await using project = await makeGitProject({ files: { file: '0\n', aside: '0\n' } });
    const { git, worktree } = await begin('nothing', project);
    await writeFile(join(worktree.path, 'aside'), 'uncommitted\n');
    await agentGit(project, worktree.path, ...args);
    expect(await operationInProgress(worktree.git_dir)).not.toBeNull();
    const base = await git.text(project.path, ['rev-parse', 'main']);
    const request = { run: RUN, worker: 0, task: null, attempt: 1, reason: 'test', base: base as never };
    const kept = await salvage(git, worktree, request);
    await quitOperation(git, worktree);
    expect(await operationInProgress(worktree.git_dir)).toBeNull();
    expect(await project.git('stash', 'list')).toBe('');
    const parents = (await project.git('log', '-1', '--format=%P', kept?.sha ?? '')).split(' ');
    const texts = await Promise.all(
      parents.map((parent) => project.git('cat-file', 'blob', `${parent}:aside`)),
    );
    expect(texts).toContain('uncommitted');
  });
});
