import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hew } from '../commands/hew.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTitled } from './file-titled.js';
import { commit, filesOf } from './landing-project.js';
import { GATED, hastyClock, queueOf, startLoop } from './loop-run.js';

/** A run whose two agents work; `pull` takes something away under it, then both do their task. */
async function whilePulled(
  pull: (facts: {
    readonly project: Awaited<ReturnType<typeof makeGitProject>>;
    readonly run: string;
    readonly worktree: string;
  }) => Promise<unknown>,
) {
  const project = await makeGitProject({ files: GATED });
  const agents = await startSteppedAgents();
  const [one, two] = await fileTitled(project, 'One', 'Two');
  const run = await startLoop(project, { agent: agents.command });
  const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
  await first.write('one.txt', 'one\n');
  await second.write('two.txt', 'two\n');
  await pull({ project, run: run.run, worktree: second.cwd });
  await first.close();
  await second.close();
  return {
    project,
    run,
    code: await run.ended,
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]();
      await agents[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    },
  };
}

describe('under a run', () => {
  test('a garbage collection takes nothing that it needs', async () => {
    await using pulled = await whilePulled(({ project }) =>
      project.git('-c', 'gc.pruneExpire=now', 'gc', '--quiet', '--prune=now'),
    );
    expect(pulled.code).toBe(0);
    expect(await filesOf(pulled.project, 'main')).toEqual(['README.md', 'one.txt', 'two.txt']);
  });

  test('a starting branch that is deleted is not landed on; the work stays on trunk', async () => {
    await using pulled = await whilePulled(async ({ project }) => {
      await project.git('switch', '--quiet', '--create', 'other');
      await project.git('branch', '--quiet', '-D', 'main');
    });
    expect(pulled.code).toBe(1);
    expect((await pulled.run.until('land.refused')).reason).toContain('not on main');
    const trunk = `loop/${pulled.run.run}/trunk`;
    expect(await filesOf(pulled.project, trunk)).toEqual(['README.md', 'one.txt', 'two.txt']);
  });

  test('a starting branch that is rebased is not landed on', async () => {
    await using pulled = await whilePulled(({ project }) =>
      project.git('commit', '--quiet', '--amend', '--message', 'Another first commit'),
    );
    expect(pulled.code).toBe(1);
    expect((await pulled.run.until('land.refused')).reason).toContain('rebased');
  });

  test('a starting branch that moves on is merged in and landed on', async () => {
    await using pulled = await whilePulled(({ project }) => commit(project, 'mine'));
    expect(pulled.code).toBe(0);
    expect(await filesOf(pulled.project, 'main')).toContain('mine');
  });

  test('a worktree that is removed by hand parks its worker; the others go on', async () => {
    await using pulled = await whilePulled(({ worktree }) => rm(worktree, { recursive: true, force: true }));
    expect(pulled.code).toBe(1);
    expect(await filesOf(pulled.project, 'main')).toContain('one.txt');
    expect((await pulled.run.until('worker.parked')).task).toBe('app-2');
    const { tasks } = await queueOf(pulled.project).list();
    expect([...tasks.values()].find((task) => task.issue_type === 'bug')?.description).toContain('app-2');
  });

  test('a queue that vanishes stops it with the queue’s name; the work is kept', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTitled(project, 'One');
    const queue = join(project.path, '.hew', 'tasks.jsonl');
    const agent = `sh -c 'echo one >one.txt; rm -f ${queue}; echo closed $HEW_TASK_ID'`;
    await using run = await startLoop(project, { agent });
    expect(await run.ended).toBe(1);
    expect(run.state.stopping_detail).toContain(queue);
    for (const { ref } of run.all('salvage.created'))
      expect(await project.git('show', `${ref}:one.txt`)).toBe('one');
    expect(run.all('salvage.created')).not.toEqual([]);
  });

  test('a folder of hew’s own that cannot be written is told before anything is claimed', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTitled(project, 'One');
    const home = project.env['HEW_HOME'] ?? '';
    await writeFile(home, 'no folder\n');
    const { code, stderr } = await hew(
      { cwd: project.path, env: project.env },
      'loop',
      'run',
      '--agent-command',
      'true',
    );
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('HEW_HOME') });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect((await queueOf(project).list()).ready).toHaveLength(1);
  });

  test('a clock that jumps ends no run', async () => {
    let offset = 0;
    const clock = { ...hastyClock, now: () => new Date(Date.now() + offset) };
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command, clock });
    const first = await agents.next({ task: one });
    offset = -3_600_000;
    await first.write('one.txt', 'one\n');
    await first.close();
    expect(await run.ended).toBe(0);
    for (const { duration_ms } of run.all('iteration.finished'))
      expect(duration_ms).toBeGreaterThanOrEqual(0);
  });
});
