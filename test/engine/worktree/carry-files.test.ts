import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { type Carried, carryFiles, type NotCarried } from '../../../source/engine/worktree/carry-files.js';
import { type TemporaryFolder, temporaryFolder } from '../../temporary-folder.js';

/** Home and a worktree, as folders side by side. */
async function makePlaces(files: Readonly<Record<string, string>>): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await mkdir(folder.at('worktree'));
  for (const [path, text] of Object.entries(files)) await write(folder, `home/${path}`, text);
  return folder;
}

async function write(folder: TemporaryFolder, path: string, text: string): Promise<void> {
  await mkdir(dirname(folder.at(path)), { recursive: true });
  await writeFile(folder.at(path), text);
}

async function carry(
  folder: TemporaryFolder,
  carried: Partial<Pick<Carried, 'copied' | 'linked'>>,
  signal?: AbortSignal,
): Promise<readonly NotCarried[]> {
  return await carryFiles(
    { copied: [], linked: [], ...carried },
    folder.at('home'),
    folder.at('worktree'),
    signal,
  );
}

/** Every path beneath the worktree, links not followed. */
async function tree(folder: TemporaryFolder): Promise<string[]> {
  // Node's own recursive readdir follows links.
  const { stdout } = await execa('find', ['.', '-mindepth', '1'], {
    cwd: folder.at('worktree'),
    lines: true,
  });
  return stdout.map((path) => path.slice(2)).toSorted();
}

describe('carryFiles', () => {
  it('copies files and folders with their modes and times, and links to home', async () => {
    await using folder = await makePlaces({
      '.env': 'A=1',
      'data/sub/run.sh': '#!/bin/sh',
      'deep/er/cache/x': '1',
    });
    await chmod(folder.at('home/.env'), 0o600);
    await chmod(folder.at('home/data/sub/run.sh'), 0o755);
    await chmod(folder.at('home/data/sub'), 0o500);
    const time = new Date('2020-01-02T03:04:05Z');
    await utimes(folder.at('home/data/sub/run.sh'), time, time);
    expect(await carry(folder, { copied: ['.env', 'data'], linked: ['deep/er/cache'] })).toEqual([]);

    expect(await tree(folder)).toEqual([
      '.env',
      'data',
      'data/sub',
      'data/sub/run.sh',
      'deep',
      'deep/er',
      'deep/er/cache',
    ]);
    expect(await readFile(folder.at('worktree/.env'), 'utf8')).toBe('A=1');
    expect((await stat(folder.at('worktree/.env'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder.at('worktree/data/sub'))).mode & 0o777).toBe(0o500);
    const run = await stat(folder.at('worktree/data/sub/run.sh'));
    expect(run.mode & 0o777).toBe(0o755);
    expect(run.mtime).toEqual(time);
    expect(await readlink(folder.at('worktree/deep/er/cache'))).toBe(folder.at('home/deep/er/cache'));
    for (const place of ['home', 'worktree']) await chmod(folder.at(place, 'data/sub'), 0o700);
  });

  it('leaves what is there as it is, and makes anew what is gone', async () => {
    await using folder = await makePlaces({
      '.env': 'home',
      '.other': 'home',
      'node_modules/x': '',
      'data/x': '',
    });
    await write(folder, 'worktree/.env', 'changed by the agent');
    await write(folder, 'worktree/node_modules/own', '');
    await symlink('nowhere', folder.at('worktree/data'));
    const carried = { copied: ['.env', '.other'], linked: ['data', 'node_modules'] };
    expect(await carry(folder, carried)).toEqual([]);
    expect(await readFile(folder.at('worktree/.env'), 'utf8')).toBe('changed by the agent');
    expect(await readlink(folder.at('worktree/data'))).toBe('nowhere');
    expect(await tree(folder)).toEqual(['.env', '.other', 'data', 'node_modules', 'node_modules/own']);

    await rm(folder.at('worktree/.env'));
    await rm(folder.at('worktree/node_modules'), { recursive: true });
    expect(await carry(folder, carried)).toEqual([]);
    expect(await readFile(folder.at('worktree/.env'), 'utf8')).toBe('home');
    expect(await readlink(folder.at('worktree/node_modules'))).toBe(folder.at('home/node_modules'));
  });

  it('writes nothing through a link or a file that stands where a folder should be', async () => {
    await using folder = await makePlaces({
      'config/a/x.local': 'secret',
      'cache/y': '',
      'file/z': '',
      '.env': '',
    });
    await mkdir(folder.at('outside'));
    await symlink(folder.at('outside'), folder.at('worktree/config'));
    await symlink('../outside', folder.at('worktree/cache'));
    await write(folder, 'worktree/file', '');
    const not = await carry(folder, { copied: ['config/a/x.local', 'file/z', '.env'], linked: ['cache/y'] });
    expect(await readdir(folder.at('outside'))).toEqual([]);
    expect(not).toEqual(
      [
        ['config/a/x.local', 'config'],
        ['file/z', 'file'],
        ['cache/y', 'cache'],
      ].map(([path, way]) => ({
        path,
        reason: `has ${folder.at('worktree', way ?? '')} in its way, which is no folder`,
      })),
    );
    expect(await tree(folder)).toContain('.env');
  });

  it('writes nothing when the worktree itself is a link', async () => {
    await using folder = await makePlaces({ '.env': '' });
    await mkdir(folder.at('outside'));
    await rm(folder.at('worktree'), { recursive: true });
    await symlink('outside', folder.at('worktree'));
    expect(await carry(folder, { copied: ['.env'] })).toHaveLength(1);
    expect(await readdir(folder.at('outside'))).toEqual([]);
  });

  it('tells what is gone from home, also where a link has taken the place of its folder', async () => {
    await using folder = await makePlaces({ 'a/x': '', 'b/x': '' });
    await rm(folder.at('home/a'), { recursive: true });
    await symlink('b', folder.at('home/a'));
    const reason = `is gone from ${folder.at('home')}`;
    expect(await carry(folder, { copied: ['a/x', 'c'], linked: ['d/e'] })).toEqual([
      { path: 'a/x', reason },
      { path: 'c', reason },
      { path: 'd/e', reason },
    ]);
    expect(await tree(folder)).toEqual([]);
  });

  it('keeps links as they are, but for a carried one that leads out of home', async () => {
    await using folder = await makePlaces({ 'modules/pkg/cli.js': '', 'env/dev': 'dev' });
    await mkdir(folder.at('home/modules/.bin'));
    await symlink('../pkg/cli.js', folder.at('home/modules/.bin/cli'));
    await symlink('nowhere', folder.at('home/modules/broken'));
    await symlink('env/dev', folder.at('home/.env'));
    await symlink('../shared.env', folder.at('home/.env.shared'));
    await symlink('/etc/hostname', folder.at('home/.env.absolute'));
    expect(await carry(folder, { copied: ['modules', '.env', '.env.shared', '.env.absolute'] })).toEqual([]);
    const links = ['modules/.bin/cli', 'modules/broken', '.env', '.env.shared', '.env.absolute'];
    expect(await Promise.all(links.map((link) => readlink(folder.at('worktree', link))))).toEqual([
      '../pkg/cli.js',
      'nowhere',
      'env/dev',
      folder.at('shared.env'),
      '/etc/hostname',
    ]);
  });

  it('leaves out .git, pipes, and what is linked beneath a copied folder', async () => {
    await using folder = await makePlaces({
      'a/.git/config': '',
      'a/b/.git': 'gitdir: x',
      'a/b/c': '',
      'a/cache/x': '',
    });
    await execa('mkfifo', [folder.at('home/a/pipe'), folder.at('home/pipe')]);
    const not = await carry(folder, { copied: ['a', 'pipe'], linked: ['a/cache'] });
    expect(not).toEqual([{ path: 'pipe', reason: 'is neither a file nor a folder' }]);
    expect(await tree(folder)).toEqual(['a', 'a/b', 'a/b/c', 'a/cache']);
    expect((await lstat(folder.at('worktree/a/cache'))).isSymbolicLink()).toBe(true);
  });

  it('goes on after what cannot be copied, and leaves no part of it', async () => {
    await using folder = await makePlaces({ 'cache/one': '', '.env': '' });
    // A worktree beneath a copied folder would be copied into itself.
    await mkdir(folder.at('home/cache/hew/0'), { recursive: true });
    const worktree = folder.at('home/cache/hew/0');
    const not = await carryFiles({ copied: ['cache', '.env'], linked: [] }, folder.at('home'), worktree);
    expect(not).toEqual([{ path: 'cache', reason: expect.stringContaining('could not be carried') }]);
    expect(await readdir(worktree)).toEqual(['.env']);
  });

  it('is ended by the signal, and leaves no part of a folder', async () => {
    await using folder = await makePlaces({ 'data/x': '', 'data/y': '' });
    const controller = new AbortController();
    const reason = new Error('the user has had enough');
    const copying = carry(folder, { copied: ['data'] }, controller.signal);
    controller.abort(reason);
    await expect(copying).rejects.toBe(reason);
    expect(await tree(folder)).toEqual([]);
  });
});
