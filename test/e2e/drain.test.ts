import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTasks, GATED, queueOf, startLoop } from './loop-run.js';

describe('three tasks on two slots', () => {
  test('are merged, closed and landed, and the third starts the moment a slot is free', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two, three] = await fileTasks(
      project,
      { title: 'One' },
      { title: 'Two' },
      { title: 'Three' },
    );
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one! }), await agents.next({ task: two! })];
    expect(new Set([first.slot, second.slot])).toEqual(new Set([1, 2]));
    expect(first.prompt).toContain('One');
    expect(first.env).toMatchObject({ HEW_RUN_ID: run.run, HEW_TASK_ID: one, HEW_ATTEMPT: '1' });

    await first.write('one.txt', 'one\n');
    await first.git('add', '--all');
    await first.git('commit', '--quiet', '--message', 'One');
    await first.close();
    const third = await agents.next({ task: three! });
    expect(third.slot).toBe(first.slot);
    expect(await third.git('show', 'HEAD:one.txt')).toBe('one');

    // Work that is not committed is collected.
    await second.write('two.txt', 'two\n');
    await second.close();
    await third.write('three.txt', 'three\n');
    await third.close();
    expect(await run.ended).toBe(0);

    expect((await project.git('log', '--format=%s', '--no-merges', 'main')).split('\n').sort()).toEqual(
      ['First commit', 'One', `${two}: Two`, `${three}: Three`].sort(),
    );
    const { tasks } = await queueOf(project).list();
    expect([...tasks.values()].map((task) => task.status)).toEqual(['closed', 'closed', 'closed']);
    for (const event of run.all('task.closed')) {
      expect(tasks.get(event.task)?.close_reason).toContain(event.sha);
    }
    expect(await project.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'fast_forward' });
  });
});
