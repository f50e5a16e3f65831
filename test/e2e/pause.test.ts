import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTask } from './file-task.js';
import { GATED, startLoop } from './loop-run.js';

describe('a paused slot', () => {
  test('ends its iteration, takes no further task, and goes on when it is resumed', async () => {
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
    run.control({ type: 'pauseSlot', slot: first.slot ?? 0 });
    await first.close();
    await run.until('slot.waiting', (event) => event.slot === first.slot && event.reason === 'paused');
    await second.close();
    const third = await agents.next({ task: three });
    expect(third.slot).toBe(second.slot);
    const four = await fileTask(project, 'Four');
    run.control({ type: 'resumeSlot', slot: first.slot ?? 0 });
    await third.close();
    await (await agents.next({ task: four })).close();
    expect(await run.ended).toBe(0);
  });

  test('does not try its task again before it is resumed', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    run.control({ type: 'pauseSlot', slot: first.slot ?? 0 });
    await first.exit(1);
    await run.until('slot.waiting', (event) => event.slot === first.slot && event.reason === 'paused');
    expect(agents.waiting).toBe(0);
    run.control({ type: 'resumeSlot', slot: first.slot ?? 0 });
    const again = await agents.next({ task: one, attempt: 2 });
    expect(again.slot).toBe(first.slot);
    await again.close();
    expect(await run.ended).toBe(0);
  });

  test('gives a task back that it would try again when the run is aborted', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    run.control({ type: 'pauseSlot', slot: first.slot ?? 0 });
    await first.exit(1);
    await run.until('slot.waiting', (event) => event.slot === first.slot && event.reason === 'paused');
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    expect(run.all('task.returned')).toMatchObject([{ task: one, failed: false }]);
  });
});
