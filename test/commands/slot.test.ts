import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskIdSchema } from '../../source/engine/ids.js';
import { readRunRecord } from '../../source/engine/run-files/run-record.js';
import { fileTask } from '../e2e/file-task.js';
import { GATED, startLoop } from '../e2e/loop-run.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { hew } from './hew.js';

describe('hew slot, hew loop skip, retry and cancel', () => {
  it('steer the run that is alive, from another process', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const run = (...argv: string[]) => hew({ cwd: project.path, env: project.env }, ...argv);
    await fileTask(project, 'One');
    await fileTask(project, 'Two');
    const three = await fileTask(project, 'Three');
    await using loop = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ slot: 1 }), await agents.next({ slot: 2 })];
    const record = await readRunRecord(join(project.path, '.hew', 'loop', loop.run, 'run.json'));
    expect(record.socket).toMatch(/\.sock$/);

    const paused = await run('slot', 'pause', '2');
    expect(paused).toMatchObject({ code: 0, stderr: '' });
    expect(paused.stdout).toBe(`slot 2 pauses when its iteration of ${second.task} has ended`);
    expect(loop.all('slot.paused')).toHaveLength(1);
    expect(await run('slot', 'pause', '2')).toMatchObject({ code: 1, stdout: 'slot 2 is paused already' });
    expect(await run('slot', 'resume', '2', '--run', loop.run)).toMatchObject({ code: 0 });
    const noted = await run('slot', 'note', '2', 'Mind the \u001b[2Jgap');
    expect(noted.stdout).toContain(`next prompt of ${second.task}`);
    await second.exit(1);
    const again = await agents.next({ slot: 2 });
    expect(again.prompt).toContain('Mind the');
    expect(await run('slot', 'abort', '1')).toMatchObject({ code: 0 });
    await loop.until('iteration.finished', (event) => event.task === first.task && event.end === 'aborted');
    const third = await agents.next({ task: three });

    const retried = await run('loop', 'retry', first.task!);
    expect(retried).toMatchObject({ code: 0, stdout: `${first.task} is taken again when a slot is free` });
    expect((await run('loop', 'retry', three)).stdout).toBe(`${three} is worked on just now`);
    expect((await run('loop', 'skip', first.task!, '--run', loop.run)).code).toBe(0);
    expect(loop.state.wishes.get(taskIdSchema.parse(first.task))).toBe('skip');

    expect((await run('loop', 'cancel')).stdout).toContain('no further iteration begins');
    await loop.until('run.stopping');
    expect(await run('loop', 'cancel')).toMatchObject({ code: 1 });
    expect((await run('loop', 'cancel', loop.run, '--now')).code).toBe(0);
    await Promise.all([again.ended, third.ended]);
    await loop.ended;
    expect(await run('loop', 'cancel')).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    [['slot', 'pause', '1'], 1, 'no run is alive in this repository'],
    [['loop', 'cancel'], 1, 'no run is alive in this repository'],
    [['slot', 'pause', '0'], 2, 'is not a slot'],
    [['slot', 'puse', '1'], 2, 'Did you mean pause?'],
    [['slot', 'pause', '1', 'x'], 2, 'one argument too many'],
    [['slot', 'note', '1'], 2, 'the text is missing'],
    [['slot', 'pause'], 2, 'the slot is missing'],
    [['slot', 'add', '3'], 2, 'takes no number'],
    [['slot', 'remove'], 1, 'no run is alive in this repository'],
    [['loop', 'skip', 'a b'], 2, 'is not the id of a task'],
    [['loop', 'retry'], 2, '<task> is missing'],
    [['loop', 'cancel', 'x'], 2, 'is not a run id'],
  ])('%j ends with %d', async (argv, code, why) => {
    await using project = await makeGitProject();
    const refused = await hew({ cwd: project.path, env: project.env }, ...argv);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(why);
    expect(refused.stderr.split('\n')).toHaveLength(1);
  });
});
