import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPlaces, hewHome, runFolder, worktreesFolder } from '../../../source/engine/git/places.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { agentGit, hewGit, RUN, shaOf } from './hew-git.js';

async function find(project: GitProject, folder: string, env: Record<string, string> = {}): Promise<unknown> {
  return findPlaces(await hewGit(project, env), folder);
}

it.concurrent('finds everything from a folder beneath the top', async () => {
  await using project = await makeGitProject({ files: { 'deep/down/file': '' } });
  expect(await find(project, join(project.path, 'deep/down'))).toEqual({
    kind: 'found',
    places: {
      home: project.path,
      git_dir: join(project.path, '.git'),
      common_dir: join(project.path, '.git'),
      hew: join(project.path, '.hew'),
      project: 'project',
      branch: 'main',
      head: await shaOf(project, 'HEAD'),
    },
  });
});

it.concurrent('takes a linked worktree as home and keeps .hew in the main worktree', async () => {
  await using project = await makeGitProject();
  const linked = join(project.folder, `it's a "wörk" tree`);
  await project.git('worktree', 'add', '-q', '-b', 'feature/ü', linked);
  expect(await find(project, linked)).toMatchObject({
    kind: 'found',
    places: {
      home: linked,
      common_dir: join(project.path, '.git'),
      hew: join(project.path, '.hew'),
      project: 'project',
      branch: 'feature/ü',
    },
  });
});

it.concurrent('works in a project whose path has spaces, quotes and letters that are not ASCII', async () => {
  await using project = await makeGitProject();
  const moved = join(project.folder, `mein "Projekt" it's ünï $(x) 日本`);
  await rename(project.path, moved);
  expect(await find(project, moved)).toMatchObject({
    kind: 'found',
    places: { home: moved, git_dir: join(moved, '.git'), hew: join(moved, '.hew'), branch: 'main' },
  });
});

it.concurrent('refuses a path that git cannot tell unambiguously', async () => {
  await using project = await makeGitProject();
  const moved = join(project.folder, 'zwei\nZeilen');
  await rename(project.path, moved);
  expect(await find(project, moved)).toMatchObject({ kind: 'missing' });
});

it.concurrent('keeps .hew beside a bare repository with worktrees', async () => {
  await using project = await makeGitProject();
  const bare = join(project.folder, 'app/.bare');
  const home = join(project.folder, 'app/main');
  await project.git('clone', '-q', '--bare', project.path, bare);
  await agentGit(project, bare, 'worktree', 'add', '-q', home, 'main');
  expect(await find(project, home)).toMatchObject({
    kind: 'found',
    places: { home, common_dir: bare, hew: join(project.folder, 'app/.hew'), project: 'app', branch: 'main' },
  });
  expect(await find(project, bare)).toMatchObject({
    kind: 'missing',
    problem: expect.stringContaining('git worktree add'),
  });
});

it.concurrent('takes a main worktree whose git folder lies elsewhere', async () => {
  await using project = await makeGitProject();
  const data = join(project.folder, 'data');
  await project.git('init', '-q', '--separate-git-dir', data);
  expect(await find(project, project.path)).toMatchObject({
    kind: 'found',
    places: { home: project.path, git_dir: data, common_dir: data, hew: join(project.path, '.hew') },
  });
});

it.concurrent('refuses a submodule and names where to go, but works in the project around it', async () => {
  await using project = await makeGitProject();
  await using library = await makeGitProject();
  await project.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'lib');
  expect(await find(project, join(project.path, 'lib'))).toMatchObject({
    kind: 'missing',
    problem: expect.stringContaining(`cd ${project.path}`),
  });
  expect(await find(project, project.path)).toMatchObject({ kind: 'found' });
});

it.concurrent('knows a detached HEAD and a repository without a commit', async () => {
  await using project = await makeGitProject();
  await project.git('checkout', '-q', '--detach');
  expect(await find(project, project.path)).toMatchObject({ places: { branch: null } });
  const empty = join(project.folder, 'empty');
  await project.git('init', '-q', '--initial-branch=start', empty);
  expect(await find(project, empty)).toMatchObject({ places: { home: empty, branch: 'start', head: null } });
});

it.concurrent('names the branch as it is called when a tag is called the same', async () => {
  await using project = await makeGitProject();
  await project.git('tag', 'main');
  expect(await find(project, project.path)).toMatchObject({ places: { branch: 'main' } });
});

it.concurrent('works with SHA-256', async () => {
  await using project = await makeGitProject();
  const modern = join(project.folder, 'modern');
  await project.git('init', '-q', '--object-format=sha256', modern);
  await agentGit(
    project,
    modern,
    '-c',
    'user.name=a',
    '-c',
    'user.email=b',
    'commit',
    '--allow-empty',
    '-m',
    'x',
  );
  expect(await find(project, modern)).toMatchObject({
    places: { head: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});

describe.concurrent('names what is wrong and the command that mends it', () => {
  it('no repository, no folder, a file, a git folder', async () => {
    await using project = await makeGitProject();
    const problem = async (folder: string): Promise<unknown> => find(project, folder);
    expect(await problem(project.folder)).toMatchObject({
      kind: 'missing',
      problem: expect.stringContaining('git init'),
    });
    expect(await problem(join(project.folder, 'none'))).toMatchObject({
      problem: expect.stringContaining('ENOENT'),
    });
    expect(await problem(join(project.path, 'README.md'))).toMatchObject({
      problem: expect.stringContaining('not a folder'),
    });
    expect(await problem(join(project.path, '.git'))).toMatchObject({
      problem: expect.stringContaining('git worktree add'),
    });
  });

  it('no repository, told in another language', async () => {
    await using project = await makeGitProject();
    expect(await find(project, project.folder, { LC_ALL: 'C.utf8', LANGUAGE: 'de' })).toMatchObject({
      problem: expect.stringContaining('git init'),
    });
  });

  it('a worktree whose repository is gone', async () => {
    await using project = await makeGitProject();
    const linked = join(project.folder, 'linked');
    await project.git('worktree', 'add', '-q', linked);
    await rm(project.path, { recursive: true });
    const found = await find(project, linked);
    expect(found).toMatchObject({ kind: 'missing', problem: expect.stringContaining('git worktree repair') });
    expect(found).not.toMatchObject({ problem: expect.stringContaining('git init') });
  });

  it('a repository of somebody else', async () => {
    await using project = await makeGitProject();
    const found = await find(project, project.path, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' });
    expect(found).toMatchObject({
      problem: expect.stringContaining(`git config --global --add safe.directory ${project.path}`),
    });
  });

  it('a repository of a format that this git does not know', async () => {
    await using project = await makeGitProject();
    await project.git('config', 'core.repositoryFormatVersion', '1');
    await project.git('config', 'extensions.future', 'true');
    expect(await find(project, project.path)).toMatchObject({ problem: expect.stringContaining('future') });
  });
});

describe.concurrent('hewHome', () => {
  it('is .hew of the home, or where HEW_HOME says', async () => {
    await using folder = await temporaryFolder();
    expect(await hewHome({ HOME: folder.path })).toBe(folder.at('.hew'));
    expect(await hewHome({ HOME: folder.path, HEW_HOME: '' })).toBe(folder.at('.hew'));
    expect(await hewHome({ HOME: folder.path, HEW_HOME: folder.at('a/../b') })).toBe(folder.at('b'));
  });

  it('resolves links, above a folder that is yet to be made as well', async () => {
    await using folder = await temporaryFolder();
    await mkdir(folder.at('real'));
    await symlink(folder.at('real'), folder.at('link'));
    expect(await hewHome({ HEW_HOME: folder.at('link') })).toBe(folder.at('real'));
    expect(await hewHome({ HEW_HOME: folder.at('link/not/yet') })).toBe(folder.at('real/not/yet'));
  });

  it('throws when a file is in the way', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.at('file'), '');
    await expect(hewHome({ HEW_HOME: folder.at('file/below') })).rejects.toThrow('ENOTDIR');
  });
});

it.concurrent('has a folder for each run', () => {
  expect(worktreesFolder('/h', RUN)).toBe(`/h/wt/${RUN}`);
  expect(runFolder({ hew: '/p/.hew' }, RUN)).toBe(`/p/.hew/loop/${RUN}`);
});
