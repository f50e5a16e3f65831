import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCollectedProblems } from '../../../source/engine/git/collected-problems.js';
import { Git, type GitOptions } from '../../../source/engine/git/git.js';
import { readStatus } from '../../../source/engine/git/status.js';
import type { Worktree } from '../../../source/engine/git/worktree.js';
import type { Sha } from '../../../source/engine/ids.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { agentGit, hewGit, makeWorktree } from './hew-git.js';

/** The real git, which writes down what it was asked. */
class CountingGit extends Git {
  readonly asked: string[] = [];

  override ask(cwd: string, args: readonly string[], options?: GitOptions): ReturnType<Git['ask']> {
    this.asked.push(args.join(' '));
    return super.ask(cwd, args, options);
  }

  override bytes(cwd: string, args: readonly string[], options?: GitOptions): Promise<Buffer> {
    this.asked.push(args.join(' '));
    return super.bytes(cwd, args, options);
  }
}

interface Scene {
  readonly git: CountingGit;
  readonly worktree: Worktree;
  readonly base: Sha;
  readonly agent: (...args: readonly string[]) => Promise<{ exitCode: number | undefined; stdout: string }>;
  readonly write: (path: string, text?: string) => Promise<void>;
  /** Commits everything, and what git ignores when it is named. */
  readonly commit: (...forced: readonly string[]) => Promise<void>;
  /** Makes a repository with a commit inside the worktree. */
  readonly nest: (path: string) => Promise<void>;
  readonly problems: (carried?: readonly string[], max_bytes?: number) => Promise<readonly string[]>;
}

async function makeScene(project: GitProject): Promise<Scene> {
  const git = new CountingGit((await hewGit(project)).env);
  const { worktree, base } = await makeWorktree(git, project);
  const agent: Scene['agent'] = (...args) => agentGit(project, worktree.path, ...args);
  const write: Scene['write'] = async (path, text = 'x') => {
    await mkdir(join(worktree.path, path, '..'), { recursive: true });
    await writeFile(join(worktree.path, path), text);
  };
  git.asked.length = 0;
  return {
    git,
    worktree,
    base,
    agent,
    write,
    commit: async (...forced) => {
      if (forced.length > 0) await agent('add', '--force', '--', ...forced);
      await agent('add', '--all');
      expect(await agent('commit', '-qm', 'work')).toMatchObject({ exitCode: 0 });
    },
    nest: async (path) => {
      await write(`${path}/inner`);
      const inside = (...args: readonly string[]): Promise<unknown> =>
        agentGit(project, join(worktree.path, path), '-c', 'user.name=a', '-c', 'user.email=b', ...args);
      await inside('init', '-q');
      await inside('add', '--all');
      await inside('commit', '-qm', 'inner');
    },
    problems: (carried = [], max_bytes = 50_000_000) =>
      findCollectedProblems(git, worktree, { base, carried, max_bytes }),
  };
}

const FILES = { '.gitignore': '.env\nnode_modules\n*.log\n', a: '1' };

describe.concurrent('finds nothing', () => {
  it('where nothing was done, with one process, or none when the status is known', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    expect(await scene.problems(['.env', 'node_modules'])).toEqual([]);
    expect(scene.git.asked).toHaveLength(1);
    const status = await readStatus(scene.git, scene.worktree.path);
    scene.git.asked.length = 0;
    const { git, worktree, base } = scene;
    expect(await findCollectedProblems(git, worktree, { base, carried: [], status })).toEqual([]);
    expect(scene.git.asked).toHaveLength(0);
  });

  it('in ordinary commits, merges, changes and new files beside carried ones, with two processes', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    for (const path of ['.env', 'node_modules/x', '.envelope', 'src/.env.example', 'big.log'])
      await scene.write(path);
    await truncate(join(scene.worktree.path, 'big.log'), 60_000_000);
    await scene.commit();
    await scene.agent('checkout', '-qb', 'side', 'HEAD~1');
    await scene.write('side');
    await scene.commit();
    await scene.agent('checkout', '-q', scene.worktree.branch);
    expect(await scene.agent('merge', '-q', '--no-edit', 'side')).toMatchObject({ exitCode: 0 });
    await scene.write('a', 'changed');
    await scene.write('new\nfile');
    scene.git.asked.length = 0;
    expect(await scene.problems(['.env', 'node_modules/'])).toEqual([]);
    expect(scene.git.asked).toHaveLength(2);
  });

  it('in what the project has already: submodules left as they are, and large files', async () => {
    await using project = await makeGitProject({ files: { large: 'x'.repeat(2000) } });
    await using library = await makeGitProject();
    const allow = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet'];
    await project.git(...allow, 'add', library.path, 'lib [x]');
    await project.git('commit', '-qm', 'Add a submodule');
    const scene = await makeScene(project);
    await scene.agent(...allow, 'update', '--init');
    await scene.write('large', 'y'.repeat(3000));
    expect(await scene.problems([], 1000)).toEqual([]);
    const moved = 'lib [x] is a submodule that was changed: its commits may be nowhere but in this worktree';
    await scene.write('lib [x]/README.md', 'changed');
    expect(await scene.problems([], 1000)).toEqual([moved]);
    const inside = (...args: readonly string[]): Promise<unknown> =>
      agentGit(
        project,
        join(scene.worktree.path, 'lib [x]'),
        '-c',
        'user.name=a',
        '-c',
        'user.email=b',
        ...args,
      );
    await inside('commit', '-qam', 'move on');
    await scene.commit();
    expect(await scene.problems([], 1000)).toEqual([moved]);
  });
});

const words = (path: string): string =>
  `${path} is a git repository of its own: its files would not be in the commit`;

describe.concurrent('finds a repository', () => {
  const ways: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
    'that is untracked': (scene) => scene.nest('sub/nested'),
    'without a commit': async (scene) => {
      await mkdir(join(scene.worktree.path, 'sub/nested'), { recursive: true });
      await agentGit({ env: scene.git.env }, join(scene.worktree.path, 'sub/nested'), 'init', '-q');
    },
    'that is staged': async (scene) => {
      await scene.nest('sub/nested');
      await scene.agent('add', 'sub');
    },
    'that is staged and gone from disk': async (scene) => {
      await scene.nest('sub/nested');
      await scene.agent('add', 'sub');
      await rm(join(scene.worktree.path, 'sub'), { recursive: true });
    },
    'that is committed': async (scene) => {
      await scene.nest('sub/nested');
      await scene.commit();
    },
    'that was committed and removed again': async (scene) => {
      await scene.nest('sub/nested');
      await scene.commit();
      await rm(join(scene.worktree.path, 'sub'), { recursive: true });
      await scene.commit();
    },
    'that came in with a merge': async (scene) => {
      await scene.agent('checkout', '-qb', 'side');
      await scene.nest('sub/nested');
      await scene.commit();
      await scene.agent('checkout', '-q', '-f', scene.worktree.branch);
      await rm(join(scene.worktree.path, 'sub'), { recursive: true, force: true });
      await scene.write('b');
      await scene.commit();
      expect(await scene.agent('merge', '-q', '--no-edit', 'side')).toMatchObject({ exitCode: 0 });
    },
    'that git is told to ignore': async (scene) => {
      await scene.nest('sub/nested');
      await scene.write('.gitmodules', '[submodule "x"]\n\tpath = sub/nested\n\turl = x\n\tignore = all\n');
      await scene.agent('config', 'diff.ignoreSubmodules', 'all');
      await scene.agent('add', 'sub', '.gitmodules');
      await scene.agent('commit', '-qm', 'work');
    },
  };

  it.each(Object.keys(ways))('%s', async (name) => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await ways[name]?.(scene);
    expect(await scene.problems()).toEqual([words('sub/nested')]);
  });

  it('that took the place of a file, with or without a commit', async () => {
    await using project = await makeGitProject({ files: { ...FILES, b: '1', c: '1', d: '1' } });
    const scene = await makeScene(project);
    for (const path of ['a', 'b', 'c', 'd']) await rm(join(scene.worktree.path, path));
    await scene.nest('a');
    await mkdir(join(scene.worktree.path, 'b'));
    await agentGit(project, join(scene.worktree.path, 'b'), 'init', '-q');
    await scene.write('c/ordinary');
    expect(await scene.problems()).toEqual([words('a'), words('b')]);
  });

  it('whose name would mean more than itself to git', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await scene.nest(':(top)*');
    expect(await scene.problems()).toEqual([words(':(top)*')]);
  });

  it('but not in a folder that git ignores', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await scene.nest('node_modules/x');
    expect(await scene.problems()).toEqual([]);
  });
});

const committed = (root: string, path = root): string =>
  `${root} was put into the worktree by hew and is in a commit of the work: ${path}`;
const uncommitted = (root: string, path = root): string =>
  `${root} was put into the worktree by hew and would be committed with the work: ${path}`;

describe.concurrent('finds a path that hew carried', () => {
  it('that is in a commit, staged, or no longer ignored', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await scene.write('.env');
    await scene.write('node_modules/deep/x');
    await scene.agent('add', '--force', '.env');
    expect(await scene.problems(['.env', 'node_modules'])).toEqual([uncommitted('.env')]);
    await scene.commit('node_modules');
    expect(await scene.problems(['.env', 'node_modules/'])).toEqual([
      committed('.env'),
      committed('node_modules', 'node_modules/deep/x'),
    ]);
  });

  it('that the agent no longer lets git ignore', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await scene.write('.env');
    await symlink(project.path, join(scene.worktree.path, 'node_modules'));
    await scene.write('.gitignore', '');
    expect(await scene.problems(['.env', 'node_modules'])).toEqual([
      uncommitted('.env'),
      uncommitted('node_modules'),
    ]);
  });

  it('that was added and removed again', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await scene.write('.env', 'SECRET=1');
    await scene.commit('.env');
    await scene.agent('rm', '-q', '--cached', '.env');
    await scene.agent('commit', '-qm', 'oops');
    expect(await scene.problems(['.env'])).toEqual([committed('.env')]);
  });

  it('that only a merge commit itself adds, or a history of another root', async () => {
    await using project = await makeGitProject({ files: FILES });
    const scene = await makeScene(project);
    await scene.agent('checkout', '-q', '--orphan', 'side');
    await scene.write('.env');
    await scene.commit('.env');
    await scene.agent('checkout', '-q', scene.worktree.branch);
    await scene.agent('merge', '-q', '--no-commit', '--allow-unrelated-histories', 'side');
    await scene.agent('rm', '-qrf', '--cached', '.env');
    await scene.write('secret', 'x');
    await scene.agent('add', 'secret');
    expect(await scene.agent('commit', '-qm', 'merge')).toMatchObject({ exitCode: 0 });
    expect(await scene.problems(['.env', 'secret', 'a'])).toEqual([
      committed('.env'),
      committed('secret'),
      committed('a'),
    ]);
  });

  it('whatever its name, quoted where it could drive a terminal', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    await scene.write('zwei\nZeilen/\u001B[2Jü');
    await scene.commit();
    expect(await scene.problems(['zwei\nZeilen'])).toEqual([
      committed('"zwei\\nZeilen"', String.raw`"zwei\nZeilen/\u001b[2Jü"`),
    ]);
  });
});

describe.concurrent('finds a new file', () => {
  it('that is larger than allowed, and none that is just as large', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    for (const [path, size] of [
      ['dump', 1_000_001],
      ['fine', 1_000_000],
    ] as const) {
      await scene.write(path);
      await truncate(join(scene.worktree.path, path), size);
    }
    await writeFile(
      Buffer.concat([Buffer.from(`${scene.worktree.path}/`), Buffer.from([0xff])]),
      'x'.repeat(2_000_000),
    );
    expect(await scene.problems([], 1_000_000)).toEqual([
      'dump is new and has 1.0 MB: more than 1.0 MB are not committed unasked',
      '\uFFFD is new and has 2.0 MB: more than 1.0 MB are not committed unasked',
    ]);
    expect(await scene.problems()).toEqual([]);
    await truncate(join(scene.worktree.path, 'dump'), 50_000_001);
    expect(await scene.problems()).toEqual([expect.stringContaining('dump is new')]);
  });

  it('that is staged, but not one that was removed again', async () => {
    await using project = await makeGitProject();
    const scene = await makeScene(project);
    await scene.write('staged', 'x'.repeat(2000));
    await scene.write('gone', 'x'.repeat(2000));
    await scene.agent('add', '--all');
    await rm(join(scene.worktree.path, 'gone'));
    expect(await scene.problems([], 1000)).toEqual([expect.stringContaining('staged is new')]);
  });
});

it.concurrent('works on a detached HEAD, in conflict, and where HEAD has no commit', async () => {
  await using project = await makeGitProject({ files: FILES });
  const scene = await makeScene(project);
  await scene.agent('checkout', '-q', '--detach');
  await scene.write('.env');
  await scene.commit('.env');
  expect(await scene.problems(['.env'])).toHaveLength(1);
  await scene.agent('checkout', '-q', '--orphan', 'fresh');
  expect(await scene.problems(['.env'])).toHaveLength(1);
});
