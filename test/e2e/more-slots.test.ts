import { describe, expect, test } from 'vitest';
import { hew } from '../commands/hew.js';
import { makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTasks, GATED, startLoop } from './loop-run.js';
import { expectReplay } from './replay.js';

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
    const slot = (...argv: string[]) => hew({ cwd: project.path, env: project.env }, 'slot', ...argv);
    await using run = await startLoop(project, { agent: agents.command });
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
    await done(first);
    const again = await agents.next({ task: three!, attempt: 2, slot: 1 });
    expect(again.prompt).toContain('## Attempt 1 failed');

    // A slot that comes back has its worker still.
    expect((await slot('add')).code).toBe(0);
    const fourth = await agents.next({ task: four!, slot: 2 });
    expect(fourth.worker).toBe(second.worker);
    await Promise.all([done(again), done(fourth)]);
    expect(await run.ended).toBe(0);
    expect(run.state.run?.jobs).toBe(2);
    expect([...run.state.workers.values()].map(({ place }) => place)).toEqual(Array(3).fill('removed'));
    await expectReplay(project, run);
  });
});
