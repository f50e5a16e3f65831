import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitError } from '../../../source/engine/git/git.js';
import { changeRefs, listRefs, readRef } from '../../../source/engine/git/refs.js';
import { readStatus } from '../../../source/engine/git/status.js';
import {
  addWorktree,
  clean,
  detachAt,
  headOf,
  isIntact,
  removeStaleLocks,
  removeWorktree,
  resetAndClean,
  resetTo,
  type Worktree,
} from '../../../source/engine/git/worktree.js';
import { workerBranch } from '../../../source/engine/ids.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { agentGit, filesOf, hewGit, makeWorktree, RUN, script, shaOf } from './hew-git.js';

const BRANCH = workerBranch(RUN, 0);

async function write(worktree: Worktree, path: string, text = ''): Promise<void> {
  await mkdir(join(worktree.path, path, '..'), { recursive: true });
  await writeFile(join(worktree.path, path), text);
}

/** A commit on main that the worktrees' base does not have. */
async function advance(project: GitProject, path: string, text: string): Promise<void> {
  await project.write(path, text);
  await project.git('add', '--all');
  await project.git('commit', '-q', '-m', `Change ${path}`);
}

describe.concurrent('addWorktree', () => {
  it('makes branch and folder without files, and leaves the main checkout alone', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const base = await shaOf(project, 'HEAD');
    const path = join(project.folder, `it's "eins" ü`);
    const worktree = await addWorktree(git, project.path, path, BRANCH, base);
    expect(worktree).toEqual({ path, branch: BRANCH, git_dir: expect.stringContaining('/.git/worktrees/') });
    expect(await filesOf(path)).toEqual({});
    expect(await readRef(git, project.path, `refs/heads/${BRANCH}`)).toBe(base);
    expect(await isIntact(git, worktree)).toBe(true);
    expect(await project.git('status', '--porcelain')).toBe('');
    await resetTo(git, worktree, base);
    expect(Object.keys(await filesOf(path))).toEqual(['README.md']);
  });

  it('gives the real path of a folder that was named through a link', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    await mkdir(join(project.folder, 'real'));
    await symlink(join(project.folder, 'real'), join(project.folder, 'link'));
    const base = await shaOf(project, 'HEAD');
    const worktree = await addWorktree(git, project.path, join(project.folder, 'link/0'), BRANCH, base);
    expect(worktree.path).toBe(join(project.folder, 'real/0'));
    expect(await isIntact(git, worktree)).toBe(true);
  });

  it('throws when branch or folder are taken', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree, base } = await makeWorktree(git, project);
    const other = join(project.folder, 'other');
    await expect(addWorktree(git, project.path, other, BRANCH, base)).rejects.toThrow(GitError);
    await expect(addWorktree(git, project.path, worktree.path, 'loop/new', base)).rejects.toThrow(GitError);
  });

  it.each(['bare repository', 'linked worktree', 'SHA-256 repository'])('works from a %s', async (kind) => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const home = join(project.folder, 'home tree');
    if (kind === 'bare repository') {
      const bare = join(project.folder, 'bare.git');
      await project.git('clone', '-q', '--bare', project.path, bare);
      await agentGit(project, bare, 'worktree', 'add', '-q', home, 'main');
    } else if (kind === 'linked worktree') await project.git('worktree', 'add', '-q', '-b', 'home', home);
    else {
      await project.git('init', '-q', '--object-format=sha256', home);
      await agentGit(
        project,
        home,
        '-c',
        'user.name=a',
        '-c',
        'user.email=b',
        'commit',
        '--allow-empty',
        '-m',
        'x',
      );
    }
    const base = await headOf(git, home);
    const worktree = await addWorktree(git, home, join(project.folder, 'wt/0'), BRANCH, base);
    await resetTo(git, worktree, base);
    expect(await readStatus(git, worktree.path)).toMatchObject({ head: base, branch: BRANCH, entries: [] });
    await removeWorktree(git, home, worktree);
    expect(await readRef(git, home, `refs/heads/${BRANCH}`)).toBe(base);
  });

  it('works in a project with submodules, whatever the user has set for them', async () => {
    await using project = await makeGitProject();
    await using library = await makeGitProject();
    await project.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'lib');
    await project.git('commit', '-q', '-m', 'Add a submodule');
    await project.git('config', 'submodule.recurse', 'true');
    const git = await hewGit(project);
    const { worktree, base } = await makeWorktree(git, project);
    expect((await readStatus(git, worktree.path)).entries).toEqual([]);
    const update = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init'];
    expect((await agentGit(project, worktree.path, ...update)).exitCode).toBe(0);
    await write(worktree, 'lib/new');
    await detachAt(git, worktree, base);
    await resetTo(git, worktree, base);
    await removeWorktree(git, project.path, worktree);
    await expect(stat(worktree.path)).rejects.toThrow('ENOENT');
    expect(await project.git('submodule', 'status')).toMatch(/^ /);
  });
});

describe.concurrent('isIntact', () => {
  const breaks: Record<string, (worktree: Worktree, project: GitProject) => Promise<unknown>> = {
    'has lost its .git while a repository lies above': async (worktree, project) => {
      await project.git('init', '-q', project.folder);
      await rm(join(worktree.path, '.git'));
    },
    'has become a repository of its own': async (worktree, project) => {
      await rm(join(worktree.path, '.git'));
      await agentGit(project, worktree.path, 'init', '-q');
    },
    'has been removed': (worktree) => rm(worktree.path, { recursive: true }),
    'has been replaced by a file': async (worktree) => {
      await rm(worktree.path, { recursive: true });
      await writeFile(worktree.path, '');
    },
    'has been replaced by another worktree': async (worktree, project) => {
      const other = join(project.folder, 'other');
      await project.git('worktree', 'add', '-q', '--detach', other);
      await rm(worktree.path, { recursive: true });
      await project.git('worktree', 'prune');
      await project.git('worktree', 'move', other, worktree.path);
    },
    'has been replaced by a link to the project': async (worktree, project) => {
      await rm(worktree.path, { recursive: true });
      await symlink(project.path, worktree.path);
    },
    'has been told of another folder to work in': async (worktree, project) => {
      await project.git('config', 'extensions.worktreeConfig', 'true');
      await agentGit(project, worktree.path, 'config', '--worktree', 'core.worktree', project.path);
    },
    'is no longer known to the project': (_, project) =>
      rm(join(project.path, '.git/worktrees'), { recursive: true }),
    'belongs to a project that has moved': (_, project) => rename(project.path, `${project.path}2`),
  };

  it.each(Object.keys(breaks))('is false when the worktree %s', async (name) => {
    await using project = await makeGitProject();
    // A ceiling elsewhere, so that git does find what lies above.
    const git = await hewGit({ env: project.env, folder: join(project.folder, 'elsewhere') });
    const { worktree } = await makeWorktree(git, project);
    expect(await isIntact(git, worktree)).toBe(true);
    await breaks[name]?.(worktree, project);
    expect(await isIntact(git, worktree)).toBe(false);
  });

  it('stays true whatever HEAD is, and when links lead there', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree } = await makeWorktree(git, project);
    await agentGit(project, worktree.path, 'checkout', '-q', '--orphan', 'new');
    expect(await isIntact(git, worktree)).toBe(true);
    await agentGit(project, worktree.path, 'checkout', '-q', '--detach', 'main');
    expect(await isIntact(git, worktree)).toBe(true);
  });
});

describe.concurrent('resetTo', () => {
  const places: Record<string, readonly (readonly string[])[]> = {
    'on its branch': [],
    detached: [['checkout', '-q', '--detach']],
    'on a branch of its own making': [['checkout', '-q', '-b', 'mine']],
    'on a branch without a commit': [['checkout', '-q', '--orphan', 'mine']],
    'without its branch': [
      ['checkout', '-q', '--detach'],
      ['branch', '-qD', BRANCH],
    ],
    'with its branch moved': [['commit', '-q', '--allow-empty', '-m', 'x']],
    'in conflict': [['merge', 'main']],
    'with a sparse checkout': [['sparse-checkout', 'set', 'none']],
  };

  it.each(Object.keys(places))(
    'brings branch, index and files to the commit from a worktree %s',
    async (name) => {
      await using project = await makeGitProject({ files: { a: '1\n', b: '1\n', 'c/d': '1\n' } });
      const git = await hewGit(project);
      const { worktree } = await makeWorktree(git, project);
      await script(
        project,
        `echo 2 > a; git commit -qam theirs; cd '${worktree.path}'
        echo 3 > a; git commit -qam mine
        echo changed > b; echo x > staged; git add staged; rm -r c`,
      );
      for (const args of places[name] ?? []) await agentGit(project, worktree.path, ...args);

      const main = await shaOf(project, 'main');
      await resetTo(git, worktree, main);
      expect(await readStatus(git, worktree.path)).toMatchObject({ head: main, branch: BRANCH, changed: [] });
      expect(await readRef(git, project.path, `refs/heads/${BRANCH}`)).toBe(main);
      expect(await readFile(join(worktree.path, 'a'), 'utf8')).toBe('2\n');
      expect(await readRef(git, project.path, 'refs/heads/main')).toBe(main);
      expect(await readFile(join(project.path, 'a'), 'utf8')).toBe('2\n');
    },
  );

  it('takes the branch back from a worktree that took it', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree, base } = await makeWorktree(git, project, 0);
    const { worktree: other } = await makeWorktree(git, project, 1);
    await agentGit(project, worktree.path, 'checkout', '-q', '--detach');
    expect((await agentGit(project, other.path, 'checkout', '-q', BRANCH)).exitCode).toBe(0);
    await resetTo(git, worktree, base);
    await resetTo(git, other, base);
    expect((await readStatus(git, worktree.path)).branch).toBe(BRANCH);
    expect((await readStatus(git, other.path)).branch).toBe(workerBranch(RUN, 1));
  });

  it('replaces what is in the way, nested repositories too, and leaves other untracked and ignored files', async () => {
    await using project = await makeGitProject({ files: { file: '1', '.gitignore': '*.log\n' } });
    const git = await hewGit(project);
    const { worktree, base } = await makeWorktree(git, project);
    await rm(join(worktree.path, 'file'));
    await mkdir(join(worktree.path, 'file'));
    await agentGit(project, join(worktree.path, 'file'), 'init', '-q');
    await write(worktree, 'file/inner');
    await write(worktree, 'untracked');
    await write(worktree, 'a.log');
    await resetTo(git, worktree, base);
    expect(Object.keys(await filesOf(worktree.path))).toEqual(['.gitignore', 'a.log', 'file', 'untracked']);
  });
});

it.concurrent('detachAt checks a commit out without a branch and leaves ignored files alone', async () => {
  await using project = await makeGitProject({ files: { a: '1', '.gitignore': '*.log\nkept/\n' } });
  const git = await hewGit(project);
  const { worktree, base } = await makeWorktree(git, project);
  await advance(project, 'b', '2');
  const main = await shaOf(project, 'main');
  for (const path of ['a.log', 'kept/x', 'gone/x', 'b']) await write(worktree, path, 'mine');
  await write(worktree, 'a', 'changed');
  await detachAt(git, worktree, main);
  expect(await readStatus(git, worktree.path)).toMatchObject({ head: main, branch: null, entries: [] });
  expect(Object.keys(await filesOf(worktree.path))).toEqual(['.gitignore', 'a', 'a.log', 'b', 'kept/x']);
  expect(await readRef(git, project.path, `refs/heads/${BRANCH}`)).toBe(base);
  // The branch may now be moved along without the worktree's noticing.
  await changeRefs(git, worktree.path, [{ ref: `refs/heads/${BRANCH}`, old: 'any', next: main }]);
  expect((await readStatus(git, worktree.path)).entries).toEqual([]);
});

it.concurrent('clean removes untracked files, folders and repositories, of any name, and no ignored ones', async () => {
  await using project = await makeGitProject({ files: { '.gitignore': 'ignored*\n' } });
  const git = await hewGit(project);
  const { worktree, base } = await makeWorktree(git, project);
  for (const path of ['zwei\nZeilen', 'a/b/c', '-x', 'ignored/x', 'nested/x']) await write(worktree, path);
  await agentGit(project, join(worktree.path, 'nested'), 'init', '-q');
  await mkdir(join(worktree.path, 'empty/folder'), { recursive: true });
  await clean(git, worktree);
  expect(Object.keys(await filesOf(worktree.path))).toEqual(['.gitignore', 'ignored/x']);

  await write(worktree, 'new');
  await write(worktree, '.gitignore', '');
  await resetAndClean(git, worktree, base);
  expect(Object.keys(await filesOf(worktree.path))).toEqual(['.gitignore', 'ignored/x']);
});

describe.concurrent('removeWorktree', () => {
  it('removes a changed and locked worktree with all in it, and keeps the branch', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree, base } = await makeWorktree(git, project);
    await write(worktree, 'new');
    await write(worktree, 'README.md', 'changed');
    await project.git('worktree', 'lock', worktree.path);
    await removeWorktree(git, project.path, worktree);
    await expect(stat(worktree.path)).rejects.toThrow('ENOENT');
    expect(await project.git('worktree', 'list')).not.toContain(worktree.path);
    expect(await readRef(git, project.path, `refs/heads/${BRANCH}`)).toBe(base);
  });

  it('takes a worktree off the list whose folder is gone', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree } = await makeWorktree(git, project);
    await rm(worktree.path, { recursive: true });
    await removeWorktree(git, project.path, worktree);
    expect(await project.git('worktree', 'list')).not.toContain(worktree.path);
  });
});

describe.concurrent('removeStaleLocks', () => {
  it("removes a linked worktree's locks and its branch's, and no other's", async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const { worktree, base } = await makeWorktree(git, project);
    const common = join(project.path, '.git');
    const stale = ['index.lock', 'HEAD.lock', 'MERGE_HEAD.lock'].map((name) => join(worktree.git_dir, name));
    stale.push(join(common, `refs/heads/${BRANCH}.lock`));
    const others = ['index.lock', 'HEAD.lock', 'config.lock', 'refs/heads/main.lock'].map((name) =>
      join(common, name),
    );
    for (const path of [...stale, ...others]) await writeFile(path, '');
    await expect(resetTo(git, worktree, base)).rejects.toThrow(GitError);
    await removeStaleLocks(worktree);
    for (const path of stale) await expect(stat(path)).rejects.toThrow('ENOENT');
    for (const path of others) expect((await stat(path)).isFile()).toBe(true);
    await resetTo(git, worktree, base);
  });

  it("removes only the index's and HEAD's locks of a main worktree", async () => {
    await using project = await makeGitProject();
    const git_dir = join(project.path, '.git');
    for (const name of ['index.lock', 'config.lock', 'packed-refs.lock', 'refs/heads/main.lock']) {
      await writeFile(join(git_dir, name), '');
    }
    await removeStaleLocks({ path: project.path, git_dir, branch: 'main' });
    await expect(stat(join(git_dir, 'index.lock'))).rejects.toThrow('ENOENT');
    for (const name of ['config.lock', 'packed-refs.lock', 'refs/heads/main.lock']) {
      expect((await stat(join(git_dir, name))).isFile()).toBe(true);
    }
  });
});

it.concurrent('headOf throws in a repository without a commit', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  await project.git('checkout', '-q', '--orphan', 'new');
  await expect(headOf(git, project.path)).rejects.toThrow(GitError);
  expect([...(await listRefs(git, project.path)).keys()]).toEqual(['refs/heads/main']);
});
