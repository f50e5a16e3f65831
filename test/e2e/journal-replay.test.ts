import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { journalLines } from '../../source/engine/journal-lines.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTasks, GATED, startLoop } from './loop-run.js';
import { expectReplay, folderOf } from './replay.js';

describe('a journal, replayed from its beginning to any point, makes a state without contradictions', () => {
  test('of a run in which attempts end in every way that asks for a person', async () => {
    await using project = await makeGitProject({ files: { ...GATED, 'shared.txt': 'as it was\n' } });
    await using agents = await startSteppedAgents();
    const titles = ['Wins', 'Conflicts', 'Fails', 'Is blocked', 'Is empty', 'Closes nothing', 'Parks'];
    const ids = await fileTasks(project, ...titles.map((title) => ({ title })));
    const [wins, conflicts, fails, blocked, empty, silent, parks] = ids;
    await using run = await startLoop(project, { agent: agents.command, flags: { jobs: 3 } });

    const second = await agents.next({ task: conflicts! });
    const first = await agents.next({ task: wins! });
    await first.write('shared.txt', 'as Wins has it\n');
    await first.close();
    await run.until('task.closed');
    for (const attempt of [1, 2]) {
      const agent = await agents.next({ task: fails!, attempt });
      await agent.write('broken', 'red\n');
      await agent.close();
    }
    const stuck = await agents.next({ task: blocked! });
    await stuck.print(`blocked ${blocked}: the key is missing\n`);
    await stuck.exit(0);
    await second.write('shared.txt', 'as Conflicts has it\n');
    await second.close();
    await (await agents.next({ task: empty! })).close();
    const quiet = await agents.next({ task: silent! });
    await quiet.write('quiet.txt', 'quiet\n');
    await quiet.crash();
    await (await agents.next({ task: silent!, attempt: 2 })).close();
    const parking = await agents.next({ task: parks! });
    await parking.git('init', '--quiet', 'nested');
    await parking.write('nested/file.txt', 'precious\n');
    await parking.close();
    expect(await run.ended).toBe(1);
    expect(
      run
        .all('iteration.finished')
        .map(({ task, end }) => `${task} ${end}`)
        .sort(),
    ).toEqual(
      [
        `${wins} merged`,
        `${conflicts} conflict`,
        `${fails} gate_red`,
        `${fails} gate_red`,
        `${blocked} blocked`,
        `${empty} empty`,
        `${silent} killed`,
        `${silent} empty`,
        `${parks} parked`,
      ].sort(),
    );
    await expectReplay(project, run);
  });

  test('of a run that was paused, limited and aborted', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' }, { title: 'Two' }, { title: 'Three' });
    await using run = await startLoop(project, { agent: agents.command });
    const one = await agents.next({ task: 'app-1' });
    await agents.next({ task: 'app-2' });
    run.control({ type: 'pauseSlot', slot: one.slot! });
    await run.until('slot.paused');
    await one.write('one.txt', 'one\n');
    await one.close();
    await run.until('slot.waiting', ({ reason }) => reason === 'paused');
    run.control({ type: 'resumeSlot', slot: one.slot! });
    const three = await agents.next({ task: 'app-3' });
    await three.write('three.txt', 'three\n');
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    await expectReplay(project, run);
    // What a reader takes for an event is what was told: nothing more, and in that order.
    const { lines } = journalLines(await readFile(join(folderOf(project, run.run), 'events.jsonl')));
    const told = lines.map(({ value }) => ({ ...(value as object), sum: undefined }));
    expect(told).toEqual(run.events);
  });
});
