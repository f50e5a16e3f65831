import { chmod, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type ForeignSnapshot,
  foreignChanges,
  takeForeignSnapshot,
} from '../../../source/engine/git/foreign.js';
import type { Git } from '../../../source/engine/git/git.js';
import { changeRefs } from '../../../source/engine/git/refs.js';
import { salvageCommit } from '../../../source/engine/git/salvage.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { agentGit, hewGit, makeWorktree, RUN, script, shaOf } from './hew-git.js';

const FILES = { tracked: '1', 'already changed': '1', '.gitignore': '*.log\n' };
const WRONG_NAME = Buffer.from([0xff]);

/** A home that is not clean to begin with. */
async function makeHome(): Promise<{ project: GitProject; git: Git }> {
  const project = await makeGitProject({ files: FILES });
  await project.write('already changed', '2');
  await project.write('untracked', '1');
  await writeFile(Buffer.concat([Buffer.from(`${project.path}/`), WRONG_NAME]), '1');
  return { project, git: await hewGit(project) };
}

const CHANGES: Readonly<Record<string, readonly [(project: GitProject) => Promise<unknown>, RegExp]>> = {
  'a stash was made': [
    (project) => project.git('stash', 'push', '-q', 'already changed'),
    /^the stash was made$/,
  ],
  'the branch was moved': [
    (project) => project.git('commit', '-q', '--allow-empty', '-m', 'x'),
    /^refs\/heads\/main moved, it was [0-9a-f]{40}$/,
  ],
  'a branch was made': [(project) => project.git('branch', 'new'), /^refs\/heads\/new was made$/],
  'a tag was made': [(project) => project.git('tag', 'v1'), /^refs\/tags\/v1 was made$/],
  'a tag was deleted': [(project) => project.git('tag', '-d', 'old'), /^refs\/tags\/old was deleted, it was/],
  'another branch was checked out': [
    (project) => project.git('checkout', '-q', 'side'),
    /^the checkout is on side, it was on main$/,
  ],
  'HEAD was detached': [
    (project) => project.git('checkout', '-q', '--detach'),
    /^the checkout is on [0-9a-f]{40}, it was on main$/,
  ],
  'a tracked file was changed': [
    (project) => project.write('tracked', '2'),
    /^the checkout changed: tracked$/,
  ],
  'a tracked file was removed': [
    (project) => rm(join(project.path, 'tracked')),
    /^the checkout changed: tracked$/,
  ],
  'a changed file was changed again': [
    (project) => project.write('already changed', '3'),
    /^the checkout changed: already changed$/,
  ],
  'a changed file was staged, and no more': [
    (project) => project.git('add', 'already changed'),
    /^the checkout changed: already changed$/,
  ],
  'an untracked file was staged, and no more': [
    (project) => project.git('add', 'untracked'),
    /^the checkout changed: untracked$/,
  ],
  'an untracked file was changed': [
    (project) => project.write('untracked', '2'),
    /^the checkout changed: untracked$/,
  ],
  'an untracked file was made executable': [
    (project) => chmod(join(project.path, 'untracked'), 0o755),
    /^the checkout changed: untracked$/,
  ],
  'a file was made that is called HEAD': [
    (project) => project.write('HEAD', ''),
    /^the checkout changed: HEAD$/,
  ],
  'a file whose name is not UTF-8 was changed': [
    (project) => writeFile(Buffer.concat([Buffer.from(`${project.path}/`), WRONG_NAME]), '22'),
    /^the checkout changed: \uFFFD$/,
  ],
};

it.concurrent.each(Object.keys(CHANGES))('tells that %s', async (name) => {
  const { project, git } = await makeHome();
  await using _ = project;
  await script(project, 'git branch side; git tag old');
  const before = await takeForeignSnapshot(git, project.path);
  const [change, words] = CHANGES[name] ?? [async () => {}, /^$/];
  await change(project);
  const told = foreignChanges(before, await takeForeignSnapshot(git, project.path));
  expect(told).toContainEqual(expect.stringMatching(words));
});

it.concurrent("tells nothing when only hew's refs and worktrees change, and what git ignores", async () => {
  const { project, git } = await makeHome();
  await using _ = project;
  const before = await takeForeignSnapshot(git, project.path);
  const { worktree, base } = await makeWorktree(git, project);
  await writeFile(join(worktree.path, 'new'), '');
  await agentGit(project, worktree.path, 'add', '--all');
  await agentGit(project, worktree.path, 'commit', '-qm', 'work');
  await agentGit(project, worktree.path, 'bisect', 'start', 'HEAD', 'HEAD~1');
  const trunk = `refs/heads/loop/${RUN}/trunk`;
  await changeRefs(git, project.path, [{ ref: trunk, old: null, next: base }]);
  await salvageCommit(git, project.path, base, {
    run: RUN,
    worker: 0,
    task: null,
    attempt: 1,
    reason: 'x',
    base,
  });
  await project.write('build.log', 'ignored');
  await project.write('.beads/issues.jsonl', '{}');
  // The same content at another time is no change, and looking makes none in the index.
  await utimes(join(project.path, 'tracked'), 1_700_000_000, 1_700_000_000);
  const index = await readFile(join(project.path, '.git/index'));
  expect(foreignChanges(before, await takeForeignSnapshot(git, project.path))).toEqual([]);
  expect(await readFile(join(project.path, '.git/index'))).toEqual(index);
});

it.concurrent('works in a detached home, in one without a commit, and from a linked worktree', async () => {
  const { project, git } = await makeHome();
  await using _ = project;
  const linked = join(project.folder, 'linked');
  await project.git('worktree', 'add', '-q', '--detach', linked);
  const before = await takeForeignSnapshot(git, linked);
  expect(before.head).toBe(await shaOf(project, 'HEAD'));
  await writeFile(join(linked, 'new'), '');
  expect(foreignChanges(before, await takeForeignSnapshot(git, linked))).toEqual([
    'the checkout changed: new',
  ]);
  await project.git('checkout', '-q', '--orphan', 'fresh');
  expect((await takeForeignSnapshot(git, project.path)).head).toBe('fresh');
});

const look = (paths: readonly string[]): ForeignSnapshot => ({
  refs: new Map(),
  head: 'main',
  home: new Map(paths.map((path) => [path, '1'])),
});

it.concurrent('names five paths at most', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(foreignChanges(look([]), look(names))).toEqual(['the checkout changed: a, b, c, d, e …']);
  expect(foreignChanges(look([]), look(names.slice(1)))).toEqual(['the checkout changed: b, c, d, e, f']);
  expect(foreignChanges(look(names), look(names))).toEqual([]);
});
