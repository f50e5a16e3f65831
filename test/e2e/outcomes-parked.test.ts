import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents, type SteppedAgent } from '../stepped-agents.js';
import { endedAttempts } from './ended-attempts.js';
import { fileTask } from './file-task.js';
import { filesIn } from './files-in.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

const BASE = Object.keys(GATED).sort();

describe('work that conflicts with what was merged meanwhile', () => {
  test('is parked behind a bug that tells the way out', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await first.write('README.md', '# The project of one\n');
    await first.close();
    await run.until('task.closed');
    await second.write('README.md', '# The project of two\n');
    await second.close();
    const filed = await run.until('conflict.filed');
    expect(await run.ended).toBe(1);

    const branch = `loop/${run.run}/w${second.worker}`;
    expect((await endedAttempts(project, run)).find(({ task }) => task === two)).toMatchObject({
      end: 'conflict',
      counted: false,
      fate: 'conflicted',
      outcome: 'no_close',
      kept: null,
      worker: second.worker,
    });
    const queue = queueOf(project);
    const task = await queue.show(two);
    expect(task).toMatchObject({
      status: 'in_progress',
      assignee: `hew/${run.run}/w${second.worker}`,
      labels: [],
    });
    expect(task?.dependencies).toMatchObject([{ issue_id: two, depends_on_id: filed.bug, type: 'blocks' }]);
    const bug = await queue.show(filed.bug);
    expect(bug).toMatchObject({
      title: `[merge-conflict] hew loop run ${run.run} worker-${second.worker}`,
      issue_type: 'bug',
      priority: 2,
      labels: ['merge-conflict'],
      status: 'open',
      assignee: null,
    });
    for (const said of ['- README.md', one, two, branch, 'git merge main', `cd ${second.cwd}`]) {
      expect(bug?.description).toContain(said);
    }
    expect(bug?.description).not.toContain('/trunk');
    expect(filed).toMatchObject({ task: two, worker: second.worker, files: ['README.md'] });
    expect(run.all('worker.parked')).toMatchObject([{ worker: second.worker, task: two, bug: filed.bug }]);

    expect(await readFile(join(second.cwd, 'README.md'), 'utf8')).toBe('# The project of two\n');
    expect(await project.git('-C', second.cwd, 'symbolic-ref', 'HEAD')).toBe(`refs/heads/${branch}`);
    expect(await project.git('-C', second.cwd, 'status', '--porcelain')).toBe('');
    expect(await project.git('log', '-1', '--format=%s', branch)).toBe(`${two}: Two`);
    expect(await project.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).toBe(
      `${branch}\nmain`,
    );
    expect(await filesIn(project, 'main')).toEqual(BASE);
    expect(await project.git('show', 'main:README.md')).toBe('# The project of one');
  });

  test('does not stop its slot: the next task gets a worker with a number of its own', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    const three = await fileTask(project, 'Three');
    await first.write('same.txt', 'one\n');
    await first.close();
    // It keeps the first slot busy, so that the second one has to go on itself.
    const third = await agents.next({ task: three });
    const four = await fileTask(project, 'Four');
    await second.write('same.txt', 'two\n');
    await second.close();
    const fourth = await agents.next({ task: four });
    expect(fourth).toMatchObject({ slot: second.slot, worker: 2 });
    expect((await fourth.git('ls-files')).split('\n')).toEqual([...BASE, 'same.txt']);
    await fourth.close();
    await third.close();
    expect(await run.ended).toBe(1);
  });
});

/** Leaves a git repository with a commit of its own in the worktree. */
async function nestRepository(agent: SteppedAgent): Promise<void> {
  await agent.git('init', '--quiet', 'vendor/lib');
  await agent.write('vendor/lib/code.txt', 'code\n');
  await agent.git('-C', 'vendor/lib', 'add', '--all');
  const identity = ['-c', 'user.name=Agent', '-c', 'user.email=agent@example.invalid'];
  await agent.git(...identity, '-C', 'vendor/lib', 'commit', '--quiet', '--message', 'Nested');
}

/** What no commit of hew's may hold, and what is said of it. */
const PARKED: readonly {
  readonly name: string;
  readonly act: (agent: SteppedAgent) => Promise<unknown>;
  readonly reason: RegExp;
}[] = [
  {
    name: 'a repository in the worktree',
    act: nestRepository,
    reason: /vendor\/lib is a git repository of its own/,
  },
  {
    name: 'a path that hew has copied, added by force',
    act: async (agent) => {
      await agent.git('add', '--force', '.env');
      await agent.git('commit', '--quiet', '--message', 'Secrets');
    },
    reason: /\.env was put into the worktree by hew and is in a commit/,
  },
  {
    name: 'a new file of more than 50 MB',
    act: (agent) => agent.runProgram('truncate', '--size', '50000001', 'huge.bin'),
    reason: /huge\.bin is new and has 50\.0 MB/,
  },
  {
    name: 'a worktree that is none any more',
    act: (agent) => agent.runProgram('rm', '.git'),
    reason: /\.git file is gone/,
  },
];

describe('work that only a person can judge is parked as it is', () => {
  test.each(PARKED)('$name', async ({ act, reason }) => {
    const files = {
      ...GATED,
      '.hew.toml': `${GATED['.hew.toml']}\n[worktree]\ncopy = [".env"]\n`,
      '.gitignore': '.env\n',
    };
    await using project = await makeGitProject({ files });
    await project.write('.env', 'SECRET=1\n');
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await agent.write('work.txt', 'work\n');
    await act(agent);
    await agent.close();
    expect(await run.ended).toBe(1);
    const [told, ...others] = await endedAttempts(project, run);
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      end: 'parked',
      counted: false,
      fate: 'conflicted',
      outcome: 'no_close',
      kept: null,
    });
    expect(told?.reason).toMatch(reason);
    const [filed] = run.all('conflict.filed');
    const queue = queueOf(project);
    const task = await queue.show(one);
    expect(task).toMatchObject({
      status: 'in_progress',
      assignee: `hew/${run.run}/w${agent.worker}`,
      labels: [],
    });
    expect(task?.dependencies).toMatchObject([{ depends_on_id: filed?.bug }]);
    const bug = filed && (await queue.show(filed.bug));
    expect(bug).toMatchObject({ issue_type: 'bug', labels: ['merge-conflict'], status: 'open' });
    expect(bug?.description).toMatch(reason);
    expect(bug?.description).toContain(agent.cwd);
    expect(await readFile(join(agent.cwd, 'work.txt'), 'utf8')).toBe('work\n');
    expect(await filesIn(project, 'main')).toEqual(['.gitignore', ...BASE]);
  });

  test('also when the attempt has failed for another reason, since salvage cannot hold it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await nestRepository(agent);
    await agent.crash();
    const parked = await run.until('worker.parked');
    expect(await run.ended).toBe(1);
    const [told, ...others] = await endedAttempts(project, run);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ end: 'parked', counted: false, fate: 'conflicted', kept: null });
    expect(told?.reason).toMatch(/SIGKILL|exited with 137/);
    expect(told?.reason).toMatch(/vendor\/lib is a git repository of its own/);
    expect(parked.bug).not.toBeNull();
    const task = await queueOf(project).show(one);
    expect(task).toMatchObject({
      status: 'in_progress',
      assignee: `hew/${run.run}/w${agent.worker}`,
      labels: [],
    });
    expect(task?.dependencies).toMatchObject([{ depends_on_id: parked.bug }]);
    expect(await readFile(join(agent.cwd, 'vendor/lib/code.txt'), 'utf8')).toBe('code\n');
  });
});
