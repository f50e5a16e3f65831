import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { endedAttempts } from './ended-attempts.js';
import { fileTask } from './file-task.js';
import { filesIn } from './files-in.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

const BASE = Object.keys(GATED).sort();

/** Says what is wrong before it fails, as test runners do. */
const TALKING_GATE = {
  ...GATED,
  '.hew.toml': `[gate]\ntest = 'if test -e broken; then echo "1 failed: the reactor melts"; exit 1; fi'\n`,
};

describe('work that is done', () => {
  test('is merged and closed; what changed nothing is empty and closed', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await first.write('one.txt', 'one\n');
    await first.close();
    const merged = await run.until('merge.finished');
    await run.until('iteration.finished');
    await second.close();
    expect(await run.ended).toBe(0);

    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({
        task: one,
        end: 'merged',
        counted: false,
        fate: 'merged',
        outcome: 'closed',
        kept: null,
      }),
      expect.objectContaining({
        task: two,
        end: 'empty',
        counted: false,
        fate: 'empty',
        outcome: 'closed',
        kept: null,
      }),
    ]);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt']);
    expect(await project.git('rev-parse', 'main')).toBe(merged.sha);
    expect((await project.git('log', '-1', '--format=%P', 'main')).split(' ')).toHaveLength(2);
    expect(await project.git('log', '-1', '--format=%B', 'main')).toBe(
      `Merge branch 'loop/${run.run}/w${first.worker}'\n\nHew-Run: ${run.run}\nHew-Task: ${one}\nHew-Attempt: 1\n`,
    );
    expect(await queueOf(project).show(one)).toMatchObject({ status: 'closed', labels: [], notes: '' });
    expect((await queueOf(project).show(one))?.close_reason).toContain(merged.sha);
    expect(await queueOf(project).show(two)).toMatchObject({ status: 'closed', labels: [], notes: '' });
    expect(await project.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });
});

describe('a red gate', () => {
  test('is told to the same worker, which tries again at once from the current trunk', async () => {
    await using project = await makeGitProject({ files: TALKING_GATE });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await second.write('two.txt', 'two\n');
    await second.close();
    await run.until('task.closed', (event) => event.task === two);

    await first.write('broken', '');
    await first.git('add', '--all');
    await first.git('commit', '--quiet', '--message', 'Half of it');
    await first.write('rest.txt', 'rest\n');
    await first.close();
    const again = await agents.next({ task: one });
    expect(again.env).toMatchObject({ HEW_ATTEMPT: '2' });
    expect(again).toMatchObject({ slot: first.slot, worker: first.worker, cwd: first.cwd });
    const [failed] = run.all('iteration.finished').filter((event) => event.task === one);
    expect(again.prompt).toContain(`Attempt 1 failed\n\n${failed?.reason}`);
    expect(again.prompt).toContain('1 failed: the reactor melts');
    expect(again.prompt).toContain(`git diff HEAD...${failed?.salvage}`);
    expect((await again.git('ls-files')).split('\n')).toEqual([...BASE, 'two.txt']);
    expect(await again.git('status', '--porcelain')).toBe('');
    expect(await queueOf(project).show(one)).toMatchObject({
      status: 'in_progress',
      assignee: `hew/${run.run}/w${first.worker}`,
    });

    await again.write('one.txt', 'one\n');
    await again.close();
    expect(await run.ended).toBe(0);
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({ task: two, end: 'merged' }),
      expect.objectContaining({
        task: one,
        attempt: 1,
        end: 'gate_red',
        counted: true,
        fate: null,
        outcome: 'backpressure_fail',
        kept: [...BASE, 'broken', 'rest.txt'],
      }),
      expect.objectContaining({
        task: one,
        attempt: 2,
        end: 'merged',
        fate: 'merged',
        outcome: 'closed',
        kept: null,
      }),
    ]);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt', 'two.txt']);
    expect(await queueOf(project).show(one)).toMatchObject({ status: 'closed', labels: [], notes: '' });
    const red = new RegExp(`^STATUS:loop-iter-failed:${run.run}:1:\\d{4}-.*Z$`);
    expect(await queueOf(project).memories()).toEqual([
      { key: expect.stringMatching(red) as unknown, value: expect.stringMatching(red) as unknown },
    ]);
  });

  test('twice fails the task, which is not taken again in this run', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    for (const text of ['first', 'second']) {
      const agent = await agents.next({ task: one });
      await agent.write('broken', text);
      await agent.close();
    }
    expect(await run.ended).toBe(1);
    expect(agents.waiting).toBe(0);
    const failed = await endedAttempts(project, run);
    expect(failed).toEqual([
      expect.objectContaining({
        attempt: 1,
        end: 'gate_red',
        counted: true,
        fate: null,
        kept: [...BASE, 'broken'],
      }),
      expect.objectContaining({
        attempt: 2,
        end: 'gate_red',
        counted: true,
        fate: 'failed',
        kept: [...BASE, 'broken'],
      }),
    ]);
    const texts = failed.map(({ salvage }) => project.git('show', `${salvage}:broken`));
    expect(await Promise.all(texts)).toEqual(['first', 'second']);
    const task = await queueOf(project).show(one);
    expect(task).toMatchObject({ status: 'open', assignee: null, labels: ['hew-failed'] });
    expect(task?.notes).toContain(`attempt 2: ${failed[1]?.reason}`);
    expect(task?.notes).toContain(`hew loop salvage show ${run.run}/w0/2`);
    expect(await filesIn(project, 'main')).toEqual(BASE);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'nothing' });
  });

  test('on nothing but the merged tree is tried again from the current trunk', async () => {
    const gate = `[gate]\ntest = '! { test -e a && test -e b; } || { echo "a and b do not go together"; exit 1; }'\n`;
    await using project = await makeGitProject({ files: { ...GATED, '.hew.toml': gate } });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'A');
    const two = await fileTask(project, 'B');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await first.write('a', '');
    await first.close();
    await run.until('task.closed');
    await second.write('b', '');
    await second.close();

    const again = await agents.next({ task: two });
    expect(again).toMatchObject({ worker: second.worker, attempt: 2 });
    expect(again.prompt).toContain('on the merged tree');
    expect(again.prompt).toContain('a and b do not go together');
    expect((await again.git('ls-files')).split('\n')).toEqual([...BASE, 'a']);
    expect(run.all('merge.finished').map(({ outcome }) => outcome)).toEqual(['merged', 'red']);
    await again.write('c', '');
    await again.close();
    expect(await run.ended).toBe(0);
    expect((await endedAttempts(project, run)).slice(1)).toEqual([
      expect.objectContaining({
        task: two,
        end: 'merged_gate_red',
        counted: true,
        fate: null,
        outcome: 'backpressure_fail',
        kept: [...BASE, 'b'],
      }),
      expect.objectContaining({ task: two, attempt: 2, end: 'merged', fate: 'merged' }),
    ]);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'a', 'c']);
  });
});

describe('setup that fails', () => {
  test('uses up attempts without an agent', async () => {
    await using project = await makeGitProject({ files: GATED });
    // It succeeds once: for the worktree in which the base is gated.
    const setup = `mkdir ${join(project.folder, 'once')} || { echo no network; exit 7; }`;
    await project.write('.hew.toml', `${GATED['.hew.toml']}\n[worktree]\nsetup = '${setup}'\n`);
    await project.git('commit', '--quiet', '--all', '--message', 'Set up');
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next();
    expect(first.task).toBe(one);
    await run.until('iteration.finished', (event) => event.fate === 'failed');
    await first.close();
    expect(await run.ended).toBe(1);
    const set = { task: two, end: 'setup_failed', counted: true, outcome: 'runtime_error', kept: null };
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({ ...set, attempt: 1, fate: null }),
      expect.objectContaining({ ...set, attempt: 2, fate: 'failed' }),
      expect.objectContaining({ task: one, end: 'empty' }),
    ]);
    const task = await queueOf(project).show(two);
    expect(task).toMatchObject({ status: 'open', assignee: null, labels: ['hew-failed'] });
    expect(task?.notes).toContain("the worktree's setup failed: mkdir");
  });
});
