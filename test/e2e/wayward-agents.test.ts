import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

describe('an agent that deletes the .git of its worktree', () => {
  const endings: Record<string, (agent: SteppedAgent) => Promise<void>> = {
    'says that it is done': (agent) => agent.close(),
    crashes: (agent) => agent.exit(1),
    'puts that of a clone in its place, and crashes': async (agent) => {
      const script = 'git clone --quiet "$1" clone && mv clone/.git . && rm -r clone';
      const cloned = await agent.runProgram('sh', '-c', script, 'sh', `${agent.env['HOME']}/../project`);
      expect(cloned).toMatchObject({ exit_code: 0 });
      await agent.exit(1);
    },
  };
  test.each(Object.keys(endings))(
    'and %s: nothing is reset in the repository above, nothing deleted, a fresh worker goes on',
    async (name) => {
      await using project = await makeGitProject({ files: GATED });
      await using agents = await startSteppedAgents();
      const above = (...args: string[]): Promise<string> => project.git('-C', project.folder, ...args);
      await above('init', '--quiet');
      await above('config', 'user.email', 'above@example.invalid');
      await above('config', 'user.name', 'Above');
      await project.write('../above.txt', 'first\n');
      await above('add', 'above.txt');
      await above('commit', '--quiet', '--message', 'Above');
      await project.write('../above.txt', 'changed\n');
      const state = async (): Promise<string> =>
        `${await above('rev-parse', 'HEAD')} ${await above('status', '--porcelain', '--', 'above.txt')}`;
      const before = await state();

      const [one, two, three] = await fileTitled(project, 'One', 'Two', 'Three');
      await using run = await startLoop(project, { agent: agents.command });
      const first = await agents.next({ task: one });
      const second = await agents.next({ task: two });
      await commitFile(first, 'committed.txt');
      await first.write('work.txt', 'unsaved work\n');
      await first.runProgram('rm', '.git');
      await endings[name]?.(first);
      const parked = await run.until('worker.parked');
      const other = await agents.next({ task: three });
      expect(other.slot).toBe(first.slot);
      expect(other.worker).not.toBe(first.worker);
      for (const agent of [second, other]) {
        await commitFile(agent, `${agent.task}.txt`);
        await agent.close();
      }

      expect(await run.ended).toBe(1);
      expect(parked).toMatchObject({ worker: first.worker, task: one });
      expect(await readFile(join(first.cwd, 'work.txt'), 'utf8')).toBe('unsaved work\n');
      expect(await state()).toBe(before);
      expect(run.state.tasks.get(one)).toMatchObject({ fate: 'conflicted', bug: parked.bug });
      const { tasks, ready } = await queueOf(project).list();
      expect(tasks.get(one)).toMatchObject({ status: 'in_progress' });
      expect(ready).toEqual([parked.bug]);
      expect(await project.git('show', `main:${two}.txt`)).toBe(`${two}.txt`);
      expect(await project.git('show', `main:${three}.txt`)).toBe(`${three}.txt`);
    },
  );
});

describe('an agent that removes its worktree', () => {
  const ways: Record<string, (agent: SteppedAgent) => Promise<unknown>> = {
    'by git': (agent) => agent.git('worktree', 'remove', '--force', agent.cwd),
    'by hand, and has git forget it': async (agent) => {
      const common = await agent.git('rev-parse', '--path-format=absolute', '--git-common-dir');
      await agent.runProgram('rm', '-rf', agent.cwd);
      await agent.runProgram('sh', '-c', 'cd / && git --git-dir="$1" worktree prune', 'sh', common);
    },
  };
  test.each(Object.keys(ways))(
    '%s is parked; its branch keeps the commits, and the run goes on',
    async (name) => {
      await using project = await makeGitProject({ files: GATED });
      await using agents = await startSteppedAgents();
      const [one, two, three] = await fileTitled(project, 'One', 'Two', 'Three');
      await using run = await startLoop(project, { agent: agents.command });
      const first = await agents.next({ task: one });
      const second = await agents.next({ task: two });
      await commitFile(first, 'committed.txt');
      await ways[name]?.(first);
      await first.close();
      const third = await agents.next({ task: three });
      for (const agent of [second, third]) {
        await commitFile(agent, `${agent.task}.txt`);
        await agent.close();
      }
      expect(await run.ended).toBe(1);
      expect(run.state.tasks.get(one)).toMatchObject({ fate: 'conflicted', end: 'parked' });
      expect(await project.git('show', `loop/${run.run}/w${first.worker}:committed.txt`)).toBe(
        'committed.txt',
      );
      expect(await project.git('show', `main:${three}.txt`)).toBe(`${three}.txt`);
    },
  );
});

describe('an agent that leaves its branch', () => {
  const ways: Record<string, readonly string[]> = {
    'for a new one': ['switch', '--quiet', '--create', 'feature'],
    'for one of the user': ['switch', '--quiet', 'feature'],
    'for no branch': ['switch', '--quiet', '--detach'],
    'for trunk': ['switch', '--quiet', 'TRUNK'],
  };
  test.each(Object.keys(ways))(
    '%s: its HEAD is the result, and hew moves no foreign branch',
    async (name) => {
      await using project = await makeGitProject({ files: GATED });
      await using agents = await startSteppedAgents();
      if (name.endsWith('user')) await project.git('branch', 'feature');
      const [one] = await fileTitled(project, 'One');
      await using run = await startLoop(project, { agent: agents.command });
      const first = await agents.next({ task: one });
      await first.git(...(ways[name] ?? []).map((arg) => arg.replace('TRUNK', `loop/${run.run}/trunk`)));
      await commitFile(first, 'one.txt');
      const left = await first.git('rev-parse', 'HEAD');
      await first.write('more.txt', 'not committed\n');
      await first.close();
      expect(await run.ended).toBe(0);
      expect(await project.git('show', 'main:one.txt')).toBe('one.txt');
      expect(await project.git('show', 'main:more.txt')).toBe('not committed');
      const kept = /no branch|trunk/.test(name) ? [] : [`refs/heads/feature ${left}`];
      const refs = await project.git('for-each-ref', '--format=%(refname) %(objectname)');
      const own = refs.split('\n').filter((line) => !line.startsWith('refs/hew/salvage/'));
      expect(own).toEqual([...kept, expect.stringMatching(/^refs\/heads\/main /)]);
    },
  );
});

describe('an agent that ends', () => {
  async function diverge(agent: SteppedAgent): Promise<void> {
    const branch = await agent.git('branch', '--show-current');
    await agent.git('switch', '--quiet', '--create', 'theirs');
    await commitFile(agent, 'README.md', 'theirs\n');
    await agent.git('switch', '--quiet', branch);
    await commitFile(agent, 'README.md', 'ours\n');
  }
  const spoil: Record<string, { end: string; do: (agent: SteppedAgent) => Promise<unknown> }> = {
    'within a merge': {
      end: 'operation_in_progress',
      do: async (agent) => (await diverge(agent), agent.runProgram('git', 'merge', 'theirs')),
    },
    'within a rebase': {
      end: 'operation_in_progress',
      do: async (agent) => (await diverge(agent), agent.runProgram('git', 'rebase', 'theirs')),
    },
    'within a cherry-pick': {
      end: 'operation_in_progress',
      do: async (agent) => (await diverge(agent), agent.runProgram('git', 'cherry-pick', 'theirs')),
    },
    'on an orphan branch': {
      end: 'base_lost',
      do: async (agent) => {
        await agent.git('checkout', '--quiet', '--orphan', 'orphan');
        await commitFile(agent, 'orphan.txt');
      },
    },
    'on an orphan branch without a commit': {
      end: 'base_lost',
      do: (agent) => agent.git('checkout', '--quiet', '--orphan', 'orphan'),
    },
    'behind its base': {
      end: 'base_lost',
      do: async (agent) => {
        await agent.git('reset', '--quiet', '--hard', 'HEAD~1');
        await commitFile(agent, 'behind.txt');
      },
    },
  };

  async function withTwoCommits(): Promise<GitProject> {
    const project = await makeGitProject({ files: GATED });
    await project.write('second.txt', 'second\n');
    await project.git('add', '--all');
    await project.git('commit', '--quiet', '--message', 'Second commit');
    return project;
  }

  test.each(Object.keys(spoil))(
    '%s has failed; its work is salvaged and the task tried again',
    async (name) => {
      await using project = await withTwoCommits();
      await using agents = await startSteppedAgents();
      const [one] = await fileTitled(project, 'One');
      await using run = await startLoop(project, { agent: agents.command });
      const first = await agents.next({ task: one });
      await spoil[name]?.do(first);
      const head = await first.runProgram('git', 'rev-parse', '--verify', '--quiet', 'HEAD');
      await first.write('extra.txt', 'not committed\n');
      await first.close();

      const second = await agents.next({ task: one, attempt: 2 });
      const failed = await run.until('iteration.finished');
      expect(failed).toMatchObject({ end: spoil[name]?.end, counted: true, fate: null });
      expect(second.cwd).toBe(first.cwd);
      expect(second.prompt).toContain(failed.reason);
      expect(second.prompt).toContain(failed.salvage);
      expect(await second.git('status', '--porcelain', '--branch')).toBe(
        `## loop/${run.run}/w${second.worker}`,
      );
      expect(await second.git('status')).not.toMatch(/rebas|merg|cherry/);
      await expect(access(join(second.cwd, 'extra.txt'))).rejects.toThrow('ENOENT');
      expect(await second.git('show', `${failed.salvage}:extra.txt`)).toBe('not committed');
      const holds = ['merge-base', '--is-ancestor', head.stdout.trim() || 'main', failed.salvage ?? ''];
      await project.git(...holds);
      await second.write('one.txt', 'one\n');
      await second.close();
      expect(await run.ended).toBe(0);
      expect(await project.git('show', '--format=', '--name-only', '-m', '--first-parent', 'main')).toBe(
        'one.txt',
      );
    },
  );

  test('with a stale lock of its index is no obstacle', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await first.write('one.txt', 'one\n');
    const lock = join(await first.git('rev-parse', '--absolute-git-dir'), 'index.lock');
    await first.write(lock, '');
    await first.close();
    expect(await run.ended).toBe(0);
    expect(await project.git('show', 'main:one.txt')).toBe('one');
  });
});
