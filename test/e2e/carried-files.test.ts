import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { GATED, startLoop } from './loop-run.js';

describe('a file that hew has copied into the worktree', () => {
  const ways: Record<string, (agent: SteppedAgent) => Promise<unknown>> = {
    'added by force': (agent) => agent.git('add', '--force', '.env'),
    'committed by force': async (agent) => {
      await agent.git('add', '--force', '.env');
      await agent.git('commit', '--quiet', '--message', 'Add it');
    },
    'committed by force and removed by a second commit': async (agent) => {
      await agent.git('add', '--force', '.env');
      await agent.git('commit', '--quiet', '--message', 'Add it');
      await agent.git('rm', '--quiet', '--cached', '.env');
      await agent.git('commit', '--quiet', '--message', 'Remove it');
    },
    'no longer ignored': async (agent) => {
      await agent.write('.gitignore', '!.env\n');
      await agent.git('add', '--all');
      await agent.git('commit', '--quiet', '--message', 'Ignore nothing');
    },
  };
  test.each(Object.keys(ways))('and that is %s never reaches trunk', async (name) => {
    await using project = await makeGitProject({
      files: { ...GATED, '.gitignore': '.env\n', '.worktreeinclude': '.env\n' },
    });
    await project.write('.env', 'TOKEN=secret\n');
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    expect(await readFile(join(first.cwd, '.env'), 'utf8')).toBe('TOKEN=secret\n');
    await commitFile(first, 'one.txt');
    expect(await first.git('show', '--format=', '--name-only')).toBe('one.txt');
    await ways[name]?.(first);
    await first.close();

    expect(await run.ended).toBe(1);
    expect(run.state.tasks.get(one)).toMatchObject({ fate: 'conflicted', end: 'parked' });
    expect(run.state.tasks.get(one)?.reason).toContain('.env was put into the worktree by hew');
    expect(await project.git('log', '--format=%s', 'main', '--all', '--grep=Merge')).toBe('');
    expect(await project.git('log', '--format=%H', 'main', '--', '.env')).toBe('');
    expect(await readFile(join(project.path, '.env'), 'utf8')).toBe('TOKEN=secret\n');
    expect(await readFile(join(first.cwd, 'one.txt'), 'utf8')).toBe('one.txt\n');
  });
});

describe('a folder that is linked into worktrees', () => {
  /** With an npm that empties node_modules, as `npm ci` does, and says that it was called. */
  async function withModules(): Promise<GitProject> {
    const project = await makeGitProject({
      files: {
        ...GATED,
        '.hew.toml': `${GATED['.hew.toml']}[worktree]\nlink = ["node_modules"]\n`,
        '.gitignore': 'node_modules/\n',
        'package.json': '{}\n',
        'package-lock.json': '{}\n',
      },
    });
    await project.write('node_modules/library/index.js', 'library\n');
    await project.write('../bin/npm', '#!/bin/sh\nrm -rf node_modules/*\ntouch npm-was-here\n');
    await chmod(join(project.folder, 'bin/npm'), 0o755);
    return project;
  }

  test('is neither committed, nor cleaned away, nor emptied', async () => {
    await using project = await withModules();
    await using agents = await startSteppedAgents();
    const modules = (folder: string): Promise<string> =>
      readFile(join(folder, 'node_modules/library/index.js'), 'utf8');
    const [one] = await fileTitled(project, 'One');
    const env = { PATH: `${join(project.folder, 'bin')}:${project.env['PATH']}` };
    await using run = await startLoop(project, { agent: agents.command, env });

    const first = await agents.next({ task: one });
    expect(await modules(first.cwd)).toBe('library\n');
    await commitFile(first, 'broken');
    await first.git('clean', '-ffd', '--quiet');
    expect(await modules(first.cwd)).toBe('library\n');
    await first.write('left.txt', 'not committed\n');
    await first.close();

    const second = await agents.next({ task: one, attempt: 2 });
    expect(await modules(second.cwd)).toBe('library\n');
    // Even the thorough clean removes no more than the link.
    await second.git('clean', '-ffdx', '--quiet');
    expect(await modules(project.path)).toBe('library\n');
    await commitFile(second, 'broken');
    await second.close();
    expect(await run.ended).toBe(1);

    const [two] = await fileTitled(project, 'Two');
    await using next = await startLoop(project, { agent: agents.command, env });
    const third = await agents.next({ task: two });
    expect(await modules(third.cwd)).toBe('library\n');
    await third.write('two.txt', 'two\n');
    await third.close();
    expect(await next.ended).toBe(0);
    expect(await modules(project.path)).toBe('library\n');
    expect(await project.git('log', '--all', '--format=%H', '--', 'node_modules', 'npm-was-here')).toBe('');
    expect(await project.git('show', '--format=', '--name-only', '-m', '--first-parent', 'main')).toBe(
      'two.txt',
    );
  });
});
