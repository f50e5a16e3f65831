import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Git } from '../../../source/engine/git/git.js';
import type { Carried } from '../../../source/engine/worktree/carry-files.js';
import { type CarrySettings, findCarried } from '../../../source/engine/worktree/find-carried.js';
import { type GitProject, makeGitProject } from '../../git-project.js';

const IGNORED = {
  '.env': 'SECRET=1',
  '.env.local': '',
  'app/.env': '',
  'config/a.local': '',
  'config/b.local': '',
  'data/one.bin': '',
  'data/two.bin': '',
  'node_modules/pkg/.env': '',
  'node_modules/pkg/index.js': '',
  'app/node_modules/other/index.js': '',
  '.hew/tasks.jsonl': '',
  '.hew/.gitignore': '*\n',
};
const TRACKED = {
  '.gitignore': '.env*\n*.local\n/data/*\nnode_modules/\n',
  'app/main.ts': '',
  'config/shared.json': '',
  'assets/logo.svg': '',
};

/** A project with tracked, ignored and merely untracked files. */
async function makeHome(include: string | null = null): Promise<GitProject> {
  const project = await makeGitProject({ files: TRACKED });
  for (const [path, text] of Object.entries(IGNORED)) await project.write(path, text);
  await project.write('notes.txt', 'untracked');
  if (include !== null) await project.write('.worktreeinclude', include);
  return project;
}

async function find(project: GitProject, settings: Partial<CarrySettings> = {}): Promise<Carried> {
  return await findCarried(new Git(project.env), project.path, { copy: [], link: [], ...settings });
}

const NOTHING = { copied: [], linked: [], patterns: [], missing: [], tracked: [], not_ignored: [] };

describe('findCarried', () => {
  it('finds nothing where nobody asks', async () => {
    await using project = await makeHome();
    expect(await find(project)).toEqual(NOTHING);
  });

  it('finds what the settings name, by path, folder and glob', async () => {
    await using project = await makeHome();
    const carried = await find(project, {
      copy: ['.env', './config/*.local', 'data'],
      link: ['node_modules/', 'app/node_modules'],
    });
    expect(carried).toEqual({
      ...NOTHING,
      copied: ['.env', 'config/a.local', 'config/b.local', 'data/one.bin', 'data/two.bin'],
      linked: ['app/node_modules', 'node_modules'],
      patterns: [
        '/.env',
        '/config/a.local',
        '/config/b.local',
        '/data/one.bin',
        '/data/two.bin',
        '/app/node_modules',
        '/node_modules',
      ],
    });
  });

  it('takes from a folder with tracked files only what is ignored, and parts of a folder that is ignored', async () => {
    await using project = await makeHome();
    expect(
      await find(project, { copy: ['config'], link: ['node_modules/pkg', '**/index.js'] }),
    ).toMatchObject({
      copied: ['config/a.local', 'config/b.local'],
      linked: ['app/node_modules/other/index.js', 'node_modules/pkg'],
      tracked: [],
    });
  });

  it('tells settings that mean nothing: missing, tracked, not ignored', async () => {
    await using project = await makeHome();
    expect(
      await find(project, {
        copy: ['gone', 'gone/*.x', '.env'],
        link: ['assets', 'app/main.ts', 'notes.txt'],
      }),
    ).toEqual({
      ...NOTHING,
      copied: ['.env'],
      patterns: ['/.env'],
      missing: ['gone', 'gone/*.x'],
      tracked: ['assets', 'app/main.ts'],
      not_ignored: ['notes.txt'],
    });
  });

  it('never finds .git or .hew, nor what lies in another repository', async () => {
    await using project = await makeHome('*\n');
    await project.write('data/repo/file', '');
    await project.git('init', '--quiet', 'data/repo');
    const carried = await find(project, { copy: ['*', '**/*', '.*'], link: ['**/.git'] });
    const all = [...carried.copied, ...carried.linked];
    expect(all).toContain('.env');
    expect(all.filter((path) => /(^|\/)\.(git|hew)(\/|$)/i.test(path))).toEqual([]);
    expect(carried.missing).toEqual(['**/.git']);
  });

  it('links what is both to be copied and linked', async () => {
    await using project = await makeHome('.env*\n/node_modules/pkg/\n');
    expect(
      await find(project, { copy: ['.env', 'data/one.bin'], link: ['.env', 'node_modules', 'data'] }),
    ).toMatchObject({
      copied: ['.env.local', 'app/.env'],
      linked: ['.env', 'data/one.bin', 'data/two.bin', 'node_modules'],
    });
  });

  it('reads .worktreeinclude as git reads an ignore file', async () => {
    await using project = await makeHome(
      '# secrets\n.env*\r\n!.env.local\n/assets/\nnotes.txt\nconfig/*\n\n',
    );
    expect(await find(project)).toMatchObject({
      copied: ['.env', 'app/.env', 'config/a.local', 'config/b.local'],
      patterns: ['/.env', '/app/.env', '/config/a.local', '/config/b.local'],
      missing: [],
    });
  });

  it('reaches into a folder that is ignored as a whole only by a pattern that names the way', async () => {
    await using project = await makeHome('.env\nindex.js\n');
    expect((await find(project)).copied).toEqual(['.env', 'app/.env']);
    await project.write('.worktreeinclude', '.env\nnode_modules/pkg/\n');
    expect((await find(project)).copied).toEqual(['.env', 'app/.env', 'node_modules/pkg']);
    await project.write('.worktreeinclude', '**/node_modules/**/index.js\n');
    expect((await find(project)).copied).toEqual([
      'app/node_modules/other/index.js',
      'node_modules/pkg/index.js',
    ]);
  });

  it('does not follow a link out of home', async () => {
    await using project = await makeHome();
    await writeFile(join(project.folder, 'secret.local'), '');
    await symlink(project.folder, join(project.path, 'config', 'out.local'));
    expect(
      await find(project, { copy: ['config/out.local/secret.local', 'config/out.local'] }),
    ).toMatchObject({
      copied: ['config/out.local'],
      missing: ['config/out.local/secret.local'],
    });
  });

  it('finds names with wildcards, spaces and letters beyond ASCII, and leaves out those with line breaks', async () => {
    await using project = await makeHome();
    const names = [
      '[id].local',
      'a b.local',
      'ü?*.local',
      'end .local',
      '#x.local',
      '!y.local',
      'back\\slash.local',
    ];
    for (const name of [...names, 'two\nlines.local']) await project.write(`odd/${name}`, '');
    await project.write('odd/i.local', '');
    const settings = { copy: names.map((name) => `odd/${name}`) };
    const exact = await find(project, settings);
    // `[id]` as a glob means `i` too.
    expect(exact.copied).toEqual([...names, 'i.local'].map((name) => `odd/${name}`).toSorted());
    expect(exact.missing).toEqual([]);
    expect((await find(project, { copy: ['odd/*'] })).copied).toEqual(exact.copied);
  });

  it('has patterns under which a link is ignored that the project ignores only as a folder', async () => {
    await using project = await makeHome();
    const { patterns } = await find(project, { link: ['node_modules'] });
    const worktree = join(project.folder, 'worktree');
    await project.git('worktree', 'add', '--quiet', '--detach', worktree);
    await symlink(join(project.path, 'node_modules'), join(worktree, 'node_modules'));
    expect(await project.git('-C', worktree, 'status', '--porcelain')).toBe('?? node_modules');
    const excludes = join(project.folder, 'excludes');
    await writeFile(excludes, patterns.join('\n'));
    const options = ['-C', worktree, '-c', `core.excludesFile=${excludes}`];
    expect(await project.git(...options, 'status', '--porcelain')).toBe('');
    await project.git(...options, 'clean', '-ffdq');
    expect(await project.git(...options, 'ls-files', '--others')).toBe('node_modules');
  });

  it('rejects when .worktreeinclude cannot be read', async () => {
    await using project = await makeHome();
    await project.write('.worktreeinclude/file', '');
    await expect(find(project)).rejects.toThrow('EISDIR');
  });
});
