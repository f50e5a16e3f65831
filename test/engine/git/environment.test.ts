import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configVariables,
  type EnvironmentOptions,
  environments,
  findIdentity,
  inheritedConfig,
  localVariables,
  withoutLocalVariables,
} from '../../../source/engine/git/environment.js';
import { Git } from '../../../source/engine/git/git.js';
import { commitTree, treeOf } from '../../../source/engine/git/merge.js';
import { changeRefs } from '../../../source/engine/git/refs.js';
import { salvage } from '../../../source/engine/git/salvage.js';
import { readStatus } from '../../../source/engine/git/status.js';
import { detachAt, removeWorktree, resetTo } from '../../../source/engine/git/worktree.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { hewGit, makeWorktree, RUN, shaOf } from './hew-git.js';

const LOCAL = ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_CONFIG_COUNT', 'GIT_CONFIG_PARAMETERS'];

function make(options: Partial<EnvironmentOptions> = {}): ReturnType<typeof environments> {
  return environments({
    inherited: {},
    local_variables: LOCAL,
    ceiling: '/wt',
    excludes_file: null,
    has_name: true,
    has_email: true,
    ...options,
  });
}

/** The entries that git would see, in order. */
function entries(env: Readonly<Record<string, string>>): string[] {
  return inheritedConfig(env).map(([key, value]) => `${key}=${value}`);
}

describe.concurrent('environments', () => {
  it('leaves out what binds git to one repository, for all three, and keeps the rest', () => {
    const inherited = {
      GIT_DIR: '/x',
      GIT_INDEX_FILE: '/y',
      GIT_SSH: 'ssh',
      HOME: '/home',
      EMPTY: '',
      NONE: undefined,
    };
    for (const env of Object.values(make({ inherited }))) {
      expect(env).toMatchObject({ GIT_SSH: 'ssh', HOME: '/home', EMPTY: '', GIT_CEILING_DIRECTORIES: '/wt' });
      for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'NONE']) expect(env).not.toHaveProperty(name);
    }
  });

  it('adds to the configuration that was given through the environment, after it', () => {
    const inherited = {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'gc.auto',
      GIT_CONFIG_VALUE_0: '7',
      GIT_CONFIG_KEY_1: 'alias.x',
      GIT_CONFIG_VALUE_1: '',
    };
    const { hew, agent, gate } = make({ inherited, excludes_file: '/ex' });
    expect(entries(gate)).toEqual(['gc.auto=7', 'alias.x=']);
    expect(entries(agent)).toEqual([
      'gc.auto=7',
      'alias.x=',
      'gc.auto=0',
      'commit.gpgsign=false',
      'core.excludesFile=/ex',
    ]);
    expect(entries(hew).slice(0, 5)).toEqual(entries(agent));
    expect(entries(hew)).toEqual(
      expect.arrayContaining(['core.hooksPath=/dev/null', 'core.fsmonitor=false']),
    );
  });

  it('gives a name and an address only where none is set', () => {
    expect(entries(make({ has_name: false, has_email: false }).agent)).toEqual(
      expect.arrayContaining(['user.name=hew', 'user.email=hew@localhost']),
    );
    expect(entries(make().agent).join()).not.toContain('user.');
    const inherited = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'User.Name', GIT_CONFIG_VALUE_0: 'Ada' };
    const given = entries(make({ inherited, has_name: false, has_email: false }).agent);
    expect(given).toContain('user.email=hew@localhost');
    expect(given).not.toContain('user.name=hew');
  });

  it('keeps hew and agents from waiting for a person, and leaves the gate what the user has', () => {
    const inherited = {
      GIT_EDITOR: 'vim',
      GIT_SEQUENCE_EDITOR: 'vim',
      GIT_TERMINAL_PROMPT: '1',
      GIT_LITERAL_PATHSPECS: '1',
    };
    const { hew, agent, gate } = make({ inherited });
    for (const env of [hew, agent]) {
      expect(env).toMatchObject({ GIT_EDITOR: 'true', GIT_TERMINAL_PROMPT: '0' });
      expect(env).not.toHaveProperty('GIT_SEQUENCE_EDITOR');
    }
    expect(hew['GIT_OPTIONAL_LOCKS']).toBe('0');
    expect(hew).not.toHaveProperty('GIT_LITERAL_PATHSPECS');
    expect(agent).not.toHaveProperty('GIT_OPTIONAL_LOCKS');
    expect(gate).toMatchObject(inherited);
  });
});

describe.concurrent('configVariables', () => {
  const entry = fc.tuple(fc.string({ minLength: 1 }), fc.string());

  it('is what inheritedConfig reads', () => {
    fc.assert(
      fc.property(fc.array(entry), (list) => {
        expect(inheritedConfig(configVariables(list))).toEqual(list);
      }),
    );
  });

  it('is nothing for a list that is broken', () => {
    for (const count of ['-1', 'x', '1.5', '1e9', '']) {
      expect(
        inheritedConfig({ GIT_CONFIG_COUNT: count, GIT_CONFIG_KEY_0: 'a.b', GIT_CONFIG_VALUE_0: 'c' }),
      ).toEqual([]);
    }
    expect(
      inheritedConfig({ GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_1: 'a.b', GIT_CONFIG_VALUE_1: 'c' }),
    ).toEqual([['a.b', 'c']]);
  });

  it('leaves no entry of an old list behind a shorter one', () => {
    const inherited = {
      ...configVariables([
        ['a.b', '1'],
        ['c.d', '2'],
        ['e.f', '3'],
      ]),
      OTHER: 'x',
    };
    expect(withoutLocalVariables(inherited, LOCAL)).toEqual({ OTHER: 'x' });
  });
});

it.concurrent('names the variables that this git binds itself with', async () => {
  expect(await localVariables()).toEqual(expect.arrayContaining(LOCAL));
});

it.concurrent('is not led astray by inherited variables', async () => {
  await using project = await makeGitProject();
  await using other = await makeGitProject({ files: { other: '' } });
  const wrong = {
    GIT_DIR: join(other.path, '.git'),
    GIT_WORK_TREE: other.path,
    GIT_INDEX_FILE: join(other.path, '.git/index'),
    GIT_OBJECT_DIRECTORY: join(other.path, '.git/objects'),
    GIT_COMMON_DIR: join(other.path, '.git'),
    GIT_NAMESPACE: 'elsewhere',
  };
  const before = await readFile(join(other.path, '.git/index'));
  for (const [worker, [name, value]] of Object.entries(wrong).entries()) {
    const git = await hewGit(project, { [name]: value });
    const { worktree, base } = await makeWorktree(git, project, worker);
    await writeFile(join(worktree.path, 'new'), '');
    expect(await readStatus(git, worktree.path)).toMatchObject({
      head: base,
      changed: [],
      untracked: ['new'],
    });
    const request = { run: RUN, worker, task: null, attempt: 1, reason: name, base };
    const kept = await salvage(git, worktree, request);
    expect(await project.git('ls-tree', '--name-only', kept?.sha ?? '')).toBe('README.md\nnew');
    expect(await readFile(join(other.path, '.git/index'))).toEqual(before);
  }
  expect(await other.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  expect(await other.git('count-objects')).toMatch(/^3 objects/);
});

it.concurrent('does not look for a repository above the worktrees', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  await project.git('init', '-q', project.folder);
  const folder = join(project.folder, 'wt/0');
  await mkdir(folder, { recursive: true });
  expect((await git.ask(folder, ['rev-parse', '--show-toplevel'])).exit_code).toBe(128);
});

/** Every hook of git writes its name down. */
async function addHooks(project: GitProject): Promise<() => Promise<string>> {
  const log = join(project.folder, 'hooks.log');
  await writeFile(log, '');
  const hook = `#!/bin/sh\necho "$(basename "$0")" >> '${log}'\n`;
  for (const name of [
    'post-checkout',
    'pre-commit',
    'post-commit',
    'reference-transaction',
    'post-index-change',
  ]) {
    await mkdir(join(project.path, '.git/hooks'), { recursive: true });
    await writeFile(join(project.path, '.git/hooks', name), hook);
    await chmod(join(project.path, '.git/hooks', name), 0o755);
  }
  return () => readFile(log, 'utf8');
}

it.concurrent("runs no hooks for hew, but runs the repository's for the agents", async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const ran = await addHooks(project);
  const { worktree, base } = await makeWorktree(git, project);
  await writeFile(join(worktree.path, 'new'), '');
  await salvage(git, worktree, { run: RUN, worker: 0, task: null, attempt: 1, reason: 'test', base });
  await detachAt(git, worktree, base);
  await resetTo(git, worktree, base);
  await removeWorktree(git, project.path, worktree);
  expect(await ran()).toBe('');

  const { agent } = make({ inherited: project.env, local_variables: await localVariables() });
  const options = { cwd: project.path, env: agent, extendEnv: false };
  await execa('git', ['commit', '-q', '--allow-empty', '-m', 'x'], options);
  expect(await ran()).toContain('pre-commit\n');
});

it.concurrent("writes no configuration, whatever the user's own asks for", async () => {
  await using project = await makeGitProject();
  await writeFile(
    join(project.folder, 'home/.gitconfig'),
    `[branch]\nautoSetupMerge = always\nautoSetupRebase = always\n[worktree]\nguessRemote = true\nuseRelativePaths = true
    [submodule]\nrecurse = true\n[core]\nsafecrlf = true\nautocrlf = input\nsplitIndex = true\nuntrackedCache = true
    [gc]\nauto = 1\n[commit]\ngpgsign = true\n[status]\nrelativePaths = false\n[i18n]\ncommitEncoding = ISO-8859-1\n`,
  );
  const configs = async (): Promise<unknown> => [
    await readFile(join(project.path, '.git/config'), 'utf8'),
    await readFile(join(project.folder, 'home/.gitconfig'), 'utf8'),
    (await readdir(project.path + '/.git', { recursive: true })).filter((name) => name.includes('config')),
  ];
  const git = await hewGit(project);
  const before = await configs();
  const { worktree, base } = await makeWorktree(git, project);
  await writeFile(join(worktree.path, 'crlf'), 'a\r\n');
  const request = { run: RUN, worker: 0, task: null, attempt: 1, reason: 'grün', base };
  const kept = await salvage(git, worktree, request);
  expect(await git.text(project.path, ['log', '-1', '--format=%s%e', kept?.sha ?? ''])).toBe(
    'Salvage of a worktree: grün',
  );
  const next = await commitTree(git, worktree.path, {
    tree: await treeOf(git, worktree.path, base),
    parents: [base],
    message: 'x',
  });
  await changeRefs(git, worktree.path, [{ ref: `refs/heads/${worktree.branch}`, old: base, next }]);
  await detachAt(git, worktree, next);
  await removeWorktree(git, project.path, worktree);
  expect(await configs()).toEqual(before);
});

describe.concurrent('findIdentity', () => {
  it.each([
    ['nothing', {}, false, false],
    ['config', { 'user.name': 'A', 'user.email': 'a@b' }, true, true],
    ['a name alone', { 'user.name': 'A' }, true, false],
    ['an empty name', { 'user.name': '' }, false, false],
  ])('looks at %s', async (_, config: Record<string, string>, has_name, has_email) => {
    await using project = await makeGitProject();
    await project.git('config', '--unset', 'user.name');
    await project.git('config', '--unset', 'user.email');
    for (const [key, value] of Object.entries(config)) await project.git('config', key, value);
    expect(await findIdentity(project.path, project.env)).toEqual({ has_name, has_email });
  });

  it('takes the environment only where it names author and committer', async () => {
    await using project = await makeGitProject();
    await project.git('config', '--remove-section', 'user');
    const author = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b' };
    const committer = { GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@d' };
    const ask = (more: Record<string, string>): Promise<unknown> =>
      findIdentity(project.path, { ...project.env, ...more });
    expect(await ask(author)).toEqual({ has_name: false, has_email: false });
    expect(await ask({ ...author, ...committer })).toEqual({ has_name: true, has_email: true });
    expect(await ask({ EMAIL: 'e@f' })).toEqual({ has_name: false, has_email: true });
  });

  it('is enough to commit with, when filled in', async () => {
    await using project = await makeGitProject();
    await project.git('config', '--remove-section', 'user');
    const identity = await findIdentity(project.path, project.env);
    const { hew } = make({ inherited: project.env, ...identity });
    const base = await shaOf(project, 'HEAD');
    const git = new Git(hew);
    const tree = await treeOf(git, project.path, base);
    const sha = await commitTree(git, project.path, { tree, parents: [base], message: 'x' });
    expect(await project.git('log', '-1', '--format=%an <%ae>', sha)).toBe('hew <hew@localhost>');
  });
});
