import { describe, expect, test } from 'vitest';
import { taskIdSchema } from '../../source/engine/ids.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTask } from './file-task.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

describe('a slot that is aborted', () => {
  test('ends its iteration, keeps its work, gives its task back and takes the next', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two, three] = [
      await fileTask(project, 'One'),
      await fileTask(project, 'Two'),
      await fileTask(project, 'Three'),
    ];
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    const second = await agents.next({ task: two });
    await first.write('half.txt', 'half\n');
    run.control({ type: 'abortSlot', slot: first.slot ?? 0 });
    const ended = await run.until('iteration.finished', (event) => event.task === one);
    expect(ended).toMatchObject({ end: 'aborted', fate: 'open again', counted: false });
    expect(await project.git('show', `${ended.salvage}:half.txt`)).toBe('half');
    await first.ended;
    const third = await agents.next({ task: three });
    expect(third.slot).toBe(first.slot);
    for (const agent of [second, third]) {
      await commitFile(agent, `${agent.task}.txt`);
      await agent.close();
    }
    // It is not taken again, although it is ready.
    expect(await run.ended).toBe(0);
    expect(await queueOf(project).show(taskIdSchema.parse(one))).toMatchObject({
      status: 'open',
      assignee: null,
    });
    expect(run.state.landing).toMatchObject({ kind: 'landed' });
  });

  test('takes its task again when that is wished', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = taskIdSchema.parse(await fileTask(project, 'One'));
    const two = await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    const other = await agents.next({ task: two });
    run.control({ type: 'abortSlot', slot: first.slot ?? 0 });
    await run.until('task.returned', (event) => event.task === one);
    run.control({ type: 'noteTask', to: { task: one }, text: 'Mind the time zone.' });
    run.control({ type: 'retryTask', task: one });
    const again = await agents.next({ task: one });
    expect(again.prompt).toContain('Mind the time zone.');
    expect(first.prompt).not.toContain('time zone');
    for (const agent of [other, again]) {
      await commitFile(agent, `${agent.task}.txt`);
      await agent.close();
    }
    expect(await run.ended).toBe(0);
    expect(run.state.tasks.get(one)).toMatchObject({ fate: 'merged', closed: true });
  });

  test('is left by a task that would be tried again', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = taskIdSchema.parse(await fileTask(project, 'One'));
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    run.control({ type: 'pauseSlot', slot: first.slot ?? 0 });
    await first.exit(1);
    await run.until('slot.waiting', (event) => event.slot === first.slot && event.reason === 'paused');
    run.control({ type: 'skipTask', task: one });
    expect(await run.ended).toBe(0);
    expect(run.all('task.returned')).toMatchObject([{ task: one, failed: false }]);
    expect(agents.waiting).toBe(0);
  });
});

describe('a task that is skipped', () => {
  test('is ended where it is worked on, and not begun where it is not', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two, three] = [
      taskIdSchema.parse(await fileTask(project, 'One')),
      taskIdSchema.parse(await fileTask(project, 'Two')),
      taskIdSchema.parse(await fileTask(project, 'Three')),
    ];
    await using run = await startLoop(project, { agent: agents.command });
    await agents.next({ task: one });
    const second = await agents.next({ task: two });
    run.control({ type: 'skipTask', task: three });
    run.control({ type: 'skipTask', task: one });
    const ended = await run.until('iteration.finished', (event) => event.task === one);
    expect(ended).toMatchObject({ end: 'skipped', fate: 'open again' });
    await commitFile(second, 'two.txt');
    await second.close();
    expect(await run.ended).toBe(0);
    expect(run.all('task.claimed').map(({ task }) => task)).not.toContain(three);
  });
});

describe('a run that is drained', () => {
  test('lets what is in work finish, lands it, and begins nothing more', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    await fileTask(project, 'Two');
    const three = await fileTask(project, 'Three');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next(), await agents.next()];
    run.control({ type: 'drainRun' });
    expect(await run.until('run.stopping')).toMatchObject({
      reason: 'stop_file',
      detail: 'the run was asked to drain',
    });
    for (const agent of [first, second]) {
      await commitFile(agent, `${agent.task}.txt`);
      await agent.close();
    }
    expect(await run.ended).toBe(3);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'fast_forward' });
    expect(run.all('task.claimed').map(({ task }) => task)).not.toContain(three);
  });
});
