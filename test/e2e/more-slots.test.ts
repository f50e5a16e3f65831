import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJournal } from '../../source/engine/read-journal.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { readRunRecord } from '../../source/engine/run-files/run-record.js';
import { hew } from '../commands/hew.js';
import { makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTasks, GATED, startLoop } from './loop-run.js';
import { expectReplay, folderOf } from './replay.js';
import { startHew } from './started-hew.js';

async function done(agent: SteppedAgent): Promise<void> {
  await commitFile(agent, `${agent.task}.txt`);
  await agent.close();
}

describe('a run of two slots', () => {
  test('becomes one of three, then of one, by commands of another process', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two, three, four] = await fileTasks(
      project,
      ...['One', 'Two', 'Three', 'Four'].map((title) => ({ title })),
    );
    const ask = (...argv: string[]) => hew({ cwd: project.path, env: project.env }, ...argv);
    const slot = (...argv: string[]) => ask('slot', ...argv);
    await using run = await startLoop(project, { agent: agents.command, flags: { max_iter: 4 } });
    const first = await agents.next({ task: one! });
    const second = await agents.next({ task: two! });

    expect(await slot('add')).toMatchObject({ code: 0, stdout: 'slot 3 is added: there are 3' });
    const third = await agents.next({ task: three!, slot: 3 });
    const removed = `slot 3 goes when its iteration of ${three} has ended: 2 are left`;
    expect(await slot('remove')).toMatchObject({ code: 0, stdout: removed });
    expect((await slot('remove')).stdout).toContain('one is left');
    expect(await slot('remove')).toMatchObject({ code: 1, stdout: expect.stringContaining('the last slot') });

    // The task that slot 3 would try again is for the slot that is left.
    await third.exit(1);
    await run.until('task.returned', ({ task, offered }) => task === three && offered);
    await done(second);
    await run.until('iteration.finished', ({ task }) => task === two);
    expect(run.state.slots.map(({ removed: gone }) => gone)).toEqual([false, true, true]);
    expect(agents.waiting).toBe(0);
    // Without this the fourth iteration would be the last.
    expect(await ask('loop', 'raise', '--max-iter', '5')).toMatchObject({
      code: 0,
      stdout: `${run.run}: the limit is now 5 iterations`,
    });
    const lower = await ask('loop', 'raise', '--max-iter', '4');
    expect(lower).toMatchObject({ code: 1, stdout: expect.stringContaining('is 5 iterations already') });
    const none = await ask('loop', 'raise', '--budget-wall', '8h', run.run);
    expect(none).toMatchObject({ code: 1, stdout: expect.stringContaining('has no limit of time') });
    await done(first);
    const again = await agents.next({ task: three!, attempt: 2, slot: 1 });
    expect(again.prompt).toContain('## Attempt 1 failed');

    // A slot that comes back has its worker still.
    expect((await slot('add')).code).toBe(0);
    const fourth = await agents.next({ task: four!, slot: 2 });
    expect(fourth.worker).toBe(second.worker);
    await done(again);
    expect(await run.until('run.stopping')).toMatchObject({ detail: '5 iterations were started' });
    expect(await ask('loop', 'raise', '--max-iter', '9')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('the run is ending'),
    });
    await done(fourth);
    expect(await run.ended).toBe(0);
    expect(run.state.run?.jobs).toBe(2);
    expect([...run.state.workers.values()].map(({ place }) => place)).toEqual(Array(3).fill('removed'));
    await expectReplay(project, run);
    const record = await readRunRecord(join(folderOf(project, run.run), 'run.json'));
    expect(record).toMatchObject({ jobs: 2, max_iter: 5 });
  });

  test('is resumed with the slots and limits that it had at last', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, ...['One', 'Two', 'Three', 'Four'].map((title) => ({ title })));
    const ask = (...argv: string[]) => hew({ cwd: project.path, env: project.env }, ...argv);
    const agent = ['--agent-command', agents.command];
    const running = startHew(project, 'loop', 'run', '--jobs', '2', '--max-iter', '4', ...agent);
    await agents.next({ slot: 1 });
    await agents.next({ slot: 2 });
    expect((await ask('slot', 'add')).code).toBe(0);
    await agents.next({ slot: 3 });
    expect((await ask('slot', 'remove')).code).toBe(0);
    expect((await ask('slot', 'remove')).code).toBe(0);
    expect((await ask('slot', 'add')).code).toBe(0);
    expect((await ask('loop', 'raise', '--max-iter', '7')).code).toBe(0);
    await running.kill();
    const resumed = startHew(project, 'loop', 'resume', ...agent);
    const [first, second] = [await agents.next({ slot: 1 }), await agents.next({ slot: 2 })];
    await Promise.all([done(first), done(second)]);
    await Promise.all([done(await agents.next()), done(await agents.next())]);
    expect(await resumed.ended).toMatchObject({ code: 0 });
    const { events } = await readJournal(join(folderOf(project, first.run!), 'events.jsonl'));
    const state = events.reduce(reduce, EMPTY_STATE);
    expect(state).toMatchObject({ run: { jobs: 2, limits: { max_iter: 7 } }, started_iterations: 7 });
    expect(state.slots.map(({ removed }) => removed)).toEqual([false, false, true]);
    expect([...state.workers.values()].map(({ place }) => place)).toEqual(Array(3).fill('removed'));
  });
});
