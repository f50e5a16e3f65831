import { chmod, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { type Git, GitError } from '../../../source/engine/git/git.js';
import { listRefs } from '../../../source/engine/git/refs.js';
import {
  type Salvage,
  salvage,
  salvageCommit,
  salvagePrefix,
  type SalvageRequest,
} from '../../../source/engine/git/salvage.js';
import { headOf, type Worktree } from '../../../source/engine/git/worktree.js';
import { type Sha, taskIdSchema } from '../../../source/engine/ids.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { agentGit, filesOf, hewGit, makeWorktree, pictureOf, RUN } from './hew-git.js';

interface Scene {
  readonly git: Git;
  readonly worktree: Worktree;
  readonly base: Sha;
  readonly request: SalvageRequest;
  /** Git as the agent calls it, in the worktree. */
  readonly agent: (...args: readonly string[]) => Promise<{ stdout: string }>;
  readonly write: (path: string, text: string) => Promise<void>;
}

async function makeScene(project: GitProject): Promise<Scene> {
  const git = await hewGit(project);
  const { worktree, base } = await makeWorktree(git, project);
  return {
    git,
    worktree,
    base,
    request: { run: RUN, worker: 0, task: taskIdSchema.parse('app-7'), attempt: 2, reason: 'gate red', base },
    agent: (...args) => agentGit(project, worktree.path, ...args),
    write: async (path, text) => {
      await mkdir(join(worktree.path, path, '..'), { recursive: true });
      await writeFile(join(worktree.path, path), text);
    },
  };
}

/** Salvages, and sees to it that nothing but the one ref came to be. */
async function keep(project: GitProject, scene: Scene): Promise<Salvage | null> {
  const { git, worktree, request } = scene;
  const before = await pictureOf(project, worktree);
  const refs = await listRefs(git, project.path);
  const kept = await salvage(git, worktree, request);
  if (kept) refs.set(kept.ref, kept.sha);
  expect(await listRefs(git, project.path)).toEqual(refs);
  if (kept) await project.git('update-ref', '-d', kept.ref);
  expect(await pictureOf(project, worktree)).toEqual(before);
  expect(Object.keys(await filesOf(worktree.git_dir)).filter((name) => name.startsWith('hew-'))).toEqual([]);
  if (kept) await project.git('update-ref', kept.ref, kept.sha);
  return kept;
}

/** "mode path" of each file in a commit. */
async function treeOf(project: GitProject, kept: Salvage | null): Promise<string[]> {
  const output = await project.git('ls-tree', '-r', '-z', kept?.sha ?? 'none');
  const lines = output.split('\0').filter((line) => line !== '');
  return lines.map((line) => `${line.slice(0, 6)} ${line.slice(line.indexOf('\t') + 1)}`);
}

async function parentsOf(project: GitProject, kept: Salvage | null): Promise<string[]> {
  return (await project.git('log', '-1', '--format=%P', kept?.sha ?? 'none')).split(' ');
}

describe.concurrent('salvage', () => {
  it('keeps committed, staged, changed, untracked, removed and executable files and links, but no ignored ones', async () => {
    await using project = await makeGitProject({
      files: { '.gitignore': '*.log\n', changed: '1', removed: '1', script: '1', staged: '1' },
    });
    const scene = await makeScene(project);
    await scene.write('committed', '2');
    await scene.agent('add', 'committed');
    await scene.agent('commit', '-qm', 'mine');
    await scene.write('staged', '2');
    await scene.agent('add', 'staged');
    await scene.write('changed', '2');
    await rm(join(scene.worktree.path, 'removed'));
    await chmod(join(scene.worktree.path, 'script'), 0o755);
    await scene.write('new/zwei\nZeilen ü', '2');
    await symlink('nowhere', join(scene.worktree.path, 'link'));
    await scene.write('secret.log', '2');
    await scene.write(' -x', '2');
    const kept = await keep(project, scene);

    expect(kept?.ref).toBe(`refs/hew/salvage/${RUN}/w0/1`);
    expect(await treeOf(project, kept)).toEqual([
      '100644  -x',
      '100644 .gitignore',
      '100644 changed',
      '100644 committed',
      '120000 link',
      '100644 new/zwei\nZeilen ü',
      '100755 script',
      '100644 staged',
    ]);
    for (const path of ['changed', 'staged', 'committed', 'new/zwei\nZeilen ü']) {
      expect(await project.git('cat-file', 'blob', `${kept?.sha}:${path}`)).toBe('2');
    }
    expect(await parentsOf(project, kept)).toEqual([await headOf(scene.git, scene.worktree.path)]);
    const trailers = '--format=%s|%(trailers:only,unfold,separator=%x7C)';
    expect(await project.git('log', '-1', trailers, kept?.sha ?? '')).toBe(
      `Salvage of app-7: gate red|Hew-Run: ${RUN}|Hew-Worker: w0|Hew-Task: app-7|Hew-Attempt: 2|Hew-Reason: gate red`,
    );
  });

  it.each(['with SHA-1', 'with SHA-256'])('keeps files whose names are not UTF-8, %s', async (format) => {
    await using project = await makeGitProject();
    if (format === 'with SHA-256') {
      await rm(join(project.path, '.git'), { recursive: true });
      await project.git('init', '-q', '--initial-branch=main', '--object-format=sha256');
      await project.git('-c', 'user.name=a', '-c', 'user.email=b', 'commit', '-qm', 'x', '--allow-empty');
      await project.git('config', 'user.name', 'a');
      await project.git('config', 'user.email', 'b');
    }
    const scene = await makeScene(project);
    await writeFile(Buffer.concat([Buffer.from(`${scene.worktree.path}/`), Buffer.from([0xff, 0x0a])]), 'x');
    const kept = await salvage(scene.git, scene.worktree, scene.request);
    const names = await scene.git.bytes(project.path, ['ls-tree', '-z', '--name-only', kept?.sha ?? '']);
    expect(names.toString('latin1')).toContain('\u00FF\n\0');
  });

  it('makes no ref when there is nothing to keep', async () => {
    await using project = await makeGitProject({ files: { '.gitignore': '*.log\n', a: '1' } });
    const scene = await makeScene(project);
    expect(await keep(project, scene)).toBeNull();
    await scene.write('a.log', 'ignored');
    await scene.write('a', '1');
    await scene.agent('checkout', '-q', '--detach');
    await execa('mkfifo', [join(scene.worktree.path, 'pipe')]);
    expect(await keep(project, scene)).toBeNull();
  });

  it('keeps a change that differs from the base only in a bit or in the index', async () => {
    await using project = await makeGitProject({ files: { a: '1' } });
    const scene = await makeScene(project);
    await chmod(join(scene.worktree.path, 'a'), 0o755);
    expect(await treeOf(project, await keep(project, scene))).toEqual(['100755 a']);

    await chmod(join(scene.worktree.path, 'a'), 0o644);
    await scene.write('a', 'staged');
    await scene.agent('add', 'a');
    await scene.write('a', '1');
    const kept = await keep(project, scene);
    expect(kept?.ref).toMatch(/\/2$/);
    const [head, staged] = await parentsOf(project, kept);
    expect(head).toBe(scene.base);
    expect(await project.git('cat-file', 'blob', `${staged}:a`)).toBe('staged');
    expect(await project.git('cat-file', 'blob', `${kept?.sha}:a`)).toBe('1');
  });

  it('keeps a change that is as young as the index and as long as what it replaced', async () => {
    await using project = await makeGitProject({ files: { a: '1' } });
    const scene = await makeScene(project);
    const file = join(scene.worktree.path, 'a');
    const index = join(scene.worktree.git_dir, 'index');
    // Sizes and times then tell nothing, as when both are written within one tick of the clock.
    const time = 1_700_000_000;
    await utimes(file, time, time);
    await scene.agent('config', 'core.trustctime', 'false');
    await scene.agent('update-index', '--refresh');
    await scene.write('a', '2');
    await utimes(file, time, time);
    await utimes(index, time, time);
    const kept = await salvage(scene.git, scene.worktree, scene.request);
    expect(await project.git('cat-file', 'blob', `${kept?.sha}:a`)).toBe('2');
  });

  it('keeps HEAD and the branch when they are apart', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    await scene.agent('commit', '-q', '--allow-empty', '-m', 'on the branch');
    const branch = await headOf(scene.git, scene.worktree.path);
    await scene.agent('checkout', '-q', '--detach', scene.base);
    await scene.agent('commit', '-q', '--allow-empty', '-m', 'detached');
    const head = await headOf(scene.git, scene.worktree.path);
    const kept = await keep(project, scene);
    expect(await parentsOf(project, kept)).toEqual([head, branch]);
    expect(await treeOf(project, kept)).toEqual(['100644 README.md']);
  });

  it('keeps the files of a HEAD without a commit, and of a worktree whose branch is gone', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    await scene.write('new', '');
    await scene.agent('checkout', '-q', '--orphan', 'fresh');
    await scene.agent('branch', '-qD', scene.worktree.branch);
    const kept = await keep(project, scene);
    expect(await treeOf(project, kept)).toEqual(['100644 README.md', '100644 new']);
    expect(await parentsOf(project, kept)).toEqual([scene.base]);
  });

  it('keeps a conflict as it is on disk', async () => {
    await using project = await makeGitProject({ files: { a: '1\n' } });
    const scene = await makeScene(project);
    await project.write('a', '2\n');
    await project.git('commit', '-qam', 'two');
    await scene.write('a', '3\n');
    await scene.agent('commit', '-qam', 'three');
    await scene.agent('merge', 'main');
    const kept = await keep(project, scene);
    expect(await project.git('cat-file', 'blob', `${kept?.sha}:a`)).toContain('<<<<<<< HEAD');
    expect((await scene.agent('status', '--porcelain')).stdout).toBe('UU a');
  });

  it('keeps the files of repositories inside the worktree, with or without commits, and inside each other', async () => {
    await using project = await makeGitProject({
      files: { '.gitignore': '*.log\n', file: '1', hollow: '1' },
    });
    const scene = await makeScene(project);
    const within = (path: string, ...args: readonly string[]): Promise<unknown> =>
      agentGit(project, join(scene.worktree.path, path), '-c', 'user.name=a', '-c', 'user.email=b', ...args);
    await rm(join(scene.worktree.path, 'file'));
    await rm(join(scene.worktree.path, 'hollow'));
    for (const path of [
      'empty',
      'hollow',
      ':(top)*',
      'new',
      'with commits',
      'with commits/inner',
      'file',
      'staged',
    ]) {
      await scene.write(`${path}/x`, 'x');
      await within(path, 'init', '-q');
    }
    for (const path of ['empty/x', 'hollow/x']) await rm(join(scene.worktree.path, path));
    await scene.write('with commits/.gitignore', 'own\n');
    await scene.write('with commits/own', '');
    await scene.write('new/a.log', '');
    for (const path of ['with commits/inner', 'with commits', 'file', 'staged']) {
      await within(path, 'add', '--all');
      await within(path, 'commit', '-qm', 'x');
    }
    await scene.agent('add', 'staged');
    const kept = await keep(project, scene);
    const tree = (await treeOf(project, kept)).filter((line) => !line.includes('.log'));
    expect(tree).toEqual([
      '100644 .gitignore',
      '100644 :(top)*/x',
      '100644 file/x',
      '100644 new/x',
      '100644 staged/x',
      '100644 with commits/.gitignore',
      '100644 with commits/inner/x',
      '100644 with commits/x',
    ]);
  });

  it('keeps what was changed in a submodule, and else leaves it a submodule', async () => {
    await using project = await makeGitProject();
    await using library = await makeGitProject();
    const allow = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet'];
    for (const name of ['quiet', 'busy', 'absent']) await project.git(...allow, 'add', library.path, name);
    await project.git('commit', '-qm', 'Add submodules');
    const scene = await makeScene(project);
    await scene.agent(...allow, 'update', '--init', 'quiet', 'busy');
    expect(await keep(project, scene)).toBeNull();
    await scene.write('busy/new', '');
    expect(await treeOf(project, await keep(project, scene))).toEqual([
      '100644 .gitmodules',
      '100644 README.md',
      '160000 absent',
      '100644 busy/README.md',
      '100644 busy/new',
      '160000 quiet',
    ]);
  });

  it('keeps what lies outside of a sparse checkout', async () => {
    await using project = await makeGitProject({ files: { 'a/x': '1', 'b/x': '1' } });
    const scene = await makeScene(project);
    await scene.agent('sparse-checkout', 'set', 'a');
    await scene.write('b/new', '2');
    expect(await treeOf(project, await keep(project, scene))).toEqual([
      '100644 a/x',
      '100644 b/new',
      '100644 b/x',
    ]);
  });

  it('throws, and makes no ref, when a file cannot be kept', async () => {
    await using project = await makeGitProject({ files: { '.gitattributes': '*.bin filter=broken\n' } });
    await project.git('config', 'filter.broken.clean', 'false');
    await project.git('config', 'filter.broken.required', 'true');
    const scene = await makeScene(project);
    await scene.write('a.bin', 'x');
    await expect(salvage(scene.git, scene.worktree, scene.request)).rejects.toThrow(GitError);
    expect((await listRefs(scene.git, project.path, ['refs/hew'])).size).toBe(0);
  });

  it('gives each of many at once a number of its own, and never moves one', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    await scene.write('new', '');
    const turns = Array.from({ length: 6 }, (_, attempt) => ({ ...scene.request, attempt }));
    const kept = await Promise.all(turns.map((request) => salvage(scene.git, scene.worktree, request)));
    const prefix = salvagePrefix(RUN, 0);
    expect(new Set(kept.map((one) => one?.ref))).toEqual(
      new Set(turns.map((_, index) => `${prefix}/${index + 1}`)),
    );
    const refs = await listRefs(scene.git, project.path, [prefix]);
    for (const one of kept) expect(refs.get(one?.ref ?? '')).toBe(one?.sha);
  });

  it('counts on from the highest number, past refs of others, and apart from worker 10', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    for (const name of ['w0/4', 'w0/7/below', 'w0/note', 'w00/9', 'w01/9']) {
      await project.git('update-ref', `refs/hew/salvage/${RUN}/${name}`, scene.base);
    }
    const kept = await salvageCommit(scene.git, project.path, scene.base, scene.request);
    expect(kept.ref).toBe(`${salvagePrefix(RUN, 0)}/8`);
  });
});

it.concurrent('salvageCommit keeps a commit with its tree, and tells of a salvage without a task', async () => {
  await using project = await makeGitProject();
  const scene = await makeScene(project);
  const kept = await salvageCommit(scene.git, project.path, scene.base, { ...scene.request, task: null });
  expect(await parentsOf(project, kept)).toEqual([scene.base]);
  expect(await treeOf(project, kept)).toEqual(['100644 README.md']);
  const message = await project.git('log', '-1', '--format=%B', kept.sha);
  expect(message).toContain('Salvage of a worktree: gate red');
  expect(message).not.toContain('Hew-Task');
});
