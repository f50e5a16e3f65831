import { chmod, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StartOptions } from '../../source/engine/start-request.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { fileTitled } from './file-titled.js';
import { GATED, type LoopOptions, Refused, startLoop } from './loop-run.js';

/** Starts a run that must be refused, and gives the problems. An agent that were started would end at once. */
async function refusal(project: GitProject, given: Partial<LoopOptions> = {}): Promise<readonly string[]> {
  try {
    await using run = await startLoop(project, { agent: 'true', ...given });
    throw new Error(`${run.run} has started`);
  } catch (error) {
    if (error instanceof Refused) return error.problems;
    throw error;
  }
}

/** A project in which a run would start. */
async function readyProject(files: Readonly<Record<string, string>> = GATED): Promise<GitProject> {
  const project = await makeGitProject({ files });
  await fileTitled(project, 'One');
  return project;
}

async function commitAll(project: GitProject, message: string): Promise<void> {
  await project.git('add', '--all');
  await project.git('commit', '--quiet', '--allow-empty', '--message', message);
}

interface Obstacle {
  readonly make?: (project: GitProject) => Promise<unknown>;
  readonly given?: (project: GitProject) => Partial<LoopOptions>;
  /** The one problem that is told: what is wrong, and what mends it. */
  readonly problem: RegExp;
}

/** A `git` that is found before the real one and names another version. */
async function putOldGit(project: GitProject): Promise<void> {
  const script = `#!/bin/sh\nPATH="\${PATH#*:}"\ncase "$1" in version) echo git version 2.30.2 ;; *) exec git "$@" ;; esac\n`;
  await project.write('../bin/git', script);
  await chmod(join(project.folder, 'bin/git'), 0o755);
}

const OBSTACLES: Record<string, Obstacle> = {
  'a folder that is no repository': {
    given: (project) => ({ cwd: join(project.folder, 'home') }),
    problem: /is not a git repository.*git init/,
  },
  'a repository without a commit': {
    make: async (project) => {
      await project.git('init', '--quiet', '../empty');
      await project.write('../empty/.hew.toml', GATED['.hew.toml']);
      await project.write('../empty/.hew/tasks.jsonl', '{"id":"app-1","title":"One"}\n');
      await project.write('../empty/.hew/.gitignore', '*\n');
    },
    given: (project) => ({ cwd: join(project.folder, 'empty') }),
    problem: /no commit yet.*git commit/,
  },
  'a git that is too old': {
    make: putOldGit,
    given: (project) => ({ env: { PATH: `${join(project.folder, 'bin')}:${project.env['PATH']}` } }),
    problem: /git 2\.30\.2 is too old.*2\.38/,
  },
  'no git': {
    given: (project) => ({ env: { PATH: join(project.folder, 'home') } }),
    problem: /git is not installed/,
  },
  'an agent that cannot be found': {
    given: () => ({ agent: 'no-such-agent --fast' }),
    problem: /agent command cannot be started.*no-such-agent/,
  },
  'no queue': {
    make: (project) => rm(join(project.path, '.hew'), { recursive: true }),
    problem: /tasks\.jsonl.*hew task new/s,
  },
  'an empty queue': {
    make: (project) => writeFile(join(project.path, '.hew/tasks.jsonl'), ''),
    problem: /queue is empty.*hew task new/,
  },
  'a queue whose tasks are all closed': {
    make: (project) =>
      writeFile(join(project.path, '.hew/tasks.jsonl'), '{"id":"a-1","title":"x","status":"closed"}\n'),
    problem: /queue is empty.*hew task new/,
  },
  'a queue with a broken line': {
    make: (project) =>
      writeFile(join(project.path, '.hew/tasks.jsonl'), '{"id":"a-1","title":"x"}\n{"id":"a-2","title"\n'),
    problem: /tasks\.jsonl.*\b2\b/,
  },
  'a scope without its epic': {
    given: () => ({ flags: { scope: 'epics' } }),
    problem: /--scope epics needs the epic.*--epic <id>/,
  },
  'an epic that there is not': {
    given: () => ({ flags: { epic: 'app-99' } }),
    problem: /There is no task app-99.*--epic/,
  },
  'a queue of beads whose bd is of the time of its daemon': {
    make: async (project) => {
      await project.write('.beads/config.yaml', '');
      await project.write('../bin/bd', '#!/bin/sh\necho "bd version 0.49.1 (dev)"\n');
      await chmod(join(project.folder, 'bin/bd'), 0o755);
    },
    given: (project) => ({ env: { PATH: `${join(project.folder, 'bin')}:${project.env['PATH']}` } }),
    problem: /bd 0\.49 is too old.*--queue file/,
  },
  'a tracked .hew': {
    make: async (project) => {
      await project.git('add', '--force', '.hew');
      await project.git('commit', '--quiet', '--message', 'Track it');
    },
    problem: /\.hew is tracked.*git rm -r --cached \.hew/,
  },
  'a branch named loop': {
    make: (project) => project.git('branch', 'loop'),
    problem: /"loop".*git branch -m loop/,
  },
  'a merge in progress': {
    make: async (project) => {
      await project.git(
        'branch',
        'side',
        await project.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'x'),
      );
      await project.git('merge', '--no-ff', '--no-commit', 'side');
    },
    problem: /A merge is in progress.*git merge --abort/,
  },
  'no gate': {
    make: (project) => rm(join(project.path, '.hew.toml')),
    problem: /\[gate\] test = .*--no-gate/,
  },
  'a budget of money for a runtime without a price': {
    given: () => ({ flags: { budget_cost: 5 } }),
    problem: /--budget-cost cannot hold.*--budget-tokens/,
  },
  'settings that are no TOML': {
    make: (project) => project.write('.hew.toml', '[gate\ntest = 1\n'),
    problem: /\.hew\.toml/,
  },
  'a setting that does not exist': {
    make: (project) => project.write('.hew.toml', '[gate]\ntests = "true"\n'),
    problem: /\.hew\.toml.*tests/,
  },
};

describe('a start is refused with what mends it', () => {
  test.each(Object.keys(OBSTACLES))('in %s', async (name) => {
    const { make, given, problem } = OBSTACLES[name] as Obstacle;
    await using project = await readyProject();
    await make?.(project);
    const queue = (): Promise<Buffer | null> =>
      readFile(join(project.path, '.hew/tasks.jsonl')).catch(() => null);
    const before = [await queue(), await project.git('for-each-ref')];
    expect(await refusal(project, given?.(project))).toEqual([expect.stringMatching(problem)]);
    expect([await queue(), await project.git('for-each-ref')]).toEqual(before);
    expect(await readdir(join(project.folder, 'hew')).catch(() => [])).toEqual([]);
  });

  test('in a submodule', async () => {
    await using project = await readyProject();
    await using library = await readyProject();
    await project.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      library.path,
      'library',
    );
    const problems = await refusal(project, { cwd: join(project.path, 'library') });
    expect(problems).toEqual([expect.stringMatching(/is a submodule of .*cd /)]);
  });

  test('with all that is wrong at once', async () => {
    await using project = await makeGitProject();
    await project.git('branch', 'loop');
    await project.git('bisect', 'start');
    const problems = await refusal(project, { agent: 'no-such-agent', flags: { budget_cost: 1 } });
    const all = [/No tests/, /tasks\.jsonl/, /no-such-agent/, /--budget-cost/, /"loop"/, /bisect/];
    expect(problems).toHaveLength(all.length);
    for (const one of all) expect(problems).toContainEqual(expect.stringMatching(one));
  });
});

describe('a start is not refused', () => {
  const starts: Record<
    string,
    { make?: (project: GitProject) => Promise<unknown>; options?: Partial<StartOptions> }
  > = {
    'without a gate by the user’s own word': {
      make: async (project) => {
        await project.git('rm', '--quiet', '.hew.toml');
        await commitAll(project, 'No gate');
      },
      options: { gate: false },
    },
    'while a branch begins with loop-': { make: (project) => project.git('branch', 'loop-hole') },
  };
  test.each(Object.keys(starts))('%s', async (name) => {
    await using project = await readyProject();
    const { make, options } = starts[name] ?? {};
    await make?.(project);
    await using run = await startLoop(project, {
      agent: 'cat > /dev/null; echo closed app-1',
      options: options ?? {},
    });
    expect(await run.ended).toBe(0);
    const { ungated } = await run.until('run.started');
    expect(ungated).toBe(options?.gate === false);
  });

  test('beside a bare repository: queue and runs lie beside it', async () => {
    await using project = await makeGitProject({ files: GATED });
    const tree = join(project.folder, 'layout/tree');
    await project.git('clone', '--quiet', '--bare', project.path, join(project.folder, 'layout/.bare'));
    await project.git('-C', join(project.folder, 'layout/.bare'), 'worktree', 'add', '--quiet', tree, 'main');
    await project.write('../layout/.hew/tasks.jsonl', '{"id":"app-1","title":"One"}\n');
    const agent = `cat > /dev/null; echo one > one.txt; echo closed app-1`;
    await using run = await startLoop(project, { agent, cwd: tree });
    expect(await run.ended).toBe(0);
    expect(await readFile(join(tree, 'one.txt'), 'utf8')).toBe('one\n');
    expect(await readdir(join(project.folder, 'layout/.hew/loop'))).toContain(run.run);
    expect(await project.git('-C', tree, 'status', '--porcelain')).toBe('');
  });
});
