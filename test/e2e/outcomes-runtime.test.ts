import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { type ClaudeFailureName, failLikeClaude } from './claude-failures.js';
import { endedAttempts } from './ended-attempts.js';
import { fileTask } from './file-task.js';
import { filesIn } from './files-in.js';
import { type JumpingClock, jumpingClock } from './jumping-clock.js';
import { GATED, type LoopRun, queueOf, startLoop } from './loop-run.js';

const BASE = Object.keys(GATED).sort();

/**
 * Awaits that slots wait for that reason after the attempt of that number, lets the time pass, and tells how long it was
 * to be in milliseconds.
 */
async function waitOut(
  run: LoopRun,
  clock: JumpingClock,
  wait: { readonly reason: 'usage_limit' | 'back_off'; readonly after: number },
): Promise<number> {
  await run.until('iteration.finished', () => run.all('iteration.finished').length === wait.after);
  const began = run.all('iteration.finished').at(-1)?.at ?? '';
  const { until } = await run.until(
    'slot.waiting',
    ({ at, reason }) => at >= began && reason === wait.reason,
  );
  const end = Date.parse(until ?? '');
  clock.jump(Math.max(0, end - clock.now().getTime()));
  const next = await run.until('iteration.started', ({ at }) => at > began);
  expect(Date.parse(next.at)).toBeGreaterThanOrEqual(end);
  return end - Date.parse(began);
}

describe('a usage limit', () => {
  test('is waited out, longer each time that it was not over, and never counts, however often it comes', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const clock = jumpingClock();
    await using run = await startLoop(project, { agent: agents.command, clock });
    const waits: number[] = [];
    for (let time = 1; time <= 5; time += 1) {
      const agent = await agents.next({ task: one, attempt: 1 });
      await agent.write('part.txt', `part ${time}\n`);
      await failLikeClaude(agent, 'usage_limit');
      waits.push(await waitOut(run, clock, { reason: 'usage_limit', after: time }));
    }
    // A single other fault among them is not the fifth in a row.
    await failLikeClaude(await agents.next({ task: one, attempt: 1 }), 'server');
    await waitOut(run, clock, { reason: 'back_off', after: 6 });
    const last = await agents.next({ task: one, attempt: 1 });
    expect(await last.git('ls-files')).toBe(BASE.join('\n'));
    await last.write('one.txt', 'one\n');
    await last.close();
    expect(await run.ended).toBe(0);

    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(60_000 * 2 ** index);
    const attempts = await endedAttempts(project, run);
    const limit = {
      end: 'usage_limit',
      counted: false,
      fate: 'open again',
      outcome: 'runtime_error',
      attempt: 1,
    };
    expect(attempts.slice(0, 5)).toEqual(
      waits.map(() => expect.objectContaining({ ...limit, kept: [...BASE, 'part.txt'] })),
    );
    expect(attempts.slice(5).map(({ end }) => end)).toEqual(['server', 'merged']);
    const texts = attempts.slice(0, 5).map(({ salvage }) => project.git('show', `${salvage}:part.txt`));
    expect(await Promise.all(texts)).toEqual([1, 2, 3, 4, 5].map((time) => `part ${time}`));
    const task = await queueOf(project).show(one);
    expect(task).toMatchObject({ status: 'closed', labels: [] });
    expect(task?.notes).toContain('exceed your account');
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt']);
  });

  test('that says when it ends is waited out until then, while the other slot works on', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    const clock = jumpingClock();
    await using run = await startLoop(project, { agent: agents.command, clock });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    const resetsAt = Math.floor(clock.now().getTime() / 1000) + 3 * 3600;
    await failLikeClaude(first, 'usage_limit', { resetsAt });
    const waiting = await run.until(
      'slot.waiting',
      ({ slot, reason }) => slot === first.slot && reason === 'usage_limit',
    );
    expect(waiting.until).toBe(new Date(resetsAt * 1000).toISOString());
    expect(await queueOf(project).show(one)).toMatchObject({ status: 'open', assignee: null, labels: [] });
    await second.write('two.txt', 'two\n');
    await second.close();
    await run.until('task.closed', ({ task }) => task === two);
    clock.jump(3 * 3_600_000);
    await (await agents.next({ task: one, attempt: 1 })).close();
    expect(await run.ended).toBe(0);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'two.txt']);
  });

  test('of which a slot hears later moves the wait of those that wait already', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next(), await agents.next()];
    await failLikeClaude(first, 'usage_limit');
    await run.until('slot.waiting', ({ slot, reason }) => slot === first.slot && reason === 'usage_limit');
    const resetsAt = Math.floor(Date.now() / 1000) + 3 * 3600;
    await failLikeClaude(second, 'usage_limit', { resetsAt });
    const until = new Date(resetsAt * 1000).toISOString();
    for (const { slot } of [first, second]) {
      const moved = await run.until('slot.waiting', (event) => event.slot === slot && event.until === until);
      expect(moved.reason).toBe('usage_limit');
    }
  });
});

describe('a rate limit or a fault of the server', () => {
  test('is tried again after a back-off, without counting', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const clock = jumpingClock();
    await using run = await startLoop(project, { agent: agents.command, clock });
    const faults: readonly ClaudeFailureName[] = ['rate_limit', 'server', 'server', 'rate_limit'];
    const waits: number[] = [];
    for (const [index, name] of faults.entries()) {
      await failLikeClaude(await agents.next({ task: one, attempt: 1 }), name);
      waits.push(await waitOut(run, clock, { reason: 'back_off', after: index + 1 }));
    }
    await (await agents.next({ task: one, attempt: 1 })).close();
    expect(await run.ended).toBe(0);
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(3_750 * 2 ** index);
    const fault = { counted: false, fate: 'open again', outcome: 'runtime_error', kept: null };
    expect(await endedAttempts(project, run)).toEqual([
      ...faults.map((end) => expect.objectContaining({ ...fault, end })),
      expect.objectContaining({ end: 'empty' }),
    ]);
  });

  test('five times in a row stops the run', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const clock = jumpingClock();
    await using run = await startLoop(project, { agent: agents.command, clock });
    for (let time = 1; time <= 5; time += 1) {
      await failLikeClaude(await agents.next({ task: one, attempt: 1 }), 'server');
      if (time < 5) await waitOut(run, clock, { reason: 'back_off', after: time });
    }
    expect(await run.ended).toBe(1);
    expect(run.all('run.stopping')).toMatchObject([{ reason: 'runtime_error' }]);
    const attempts = await endedAttempts(project, run);
    expect(attempts.map(({ end, counted }) => [end, counted])).toEqual(
      Array.from({ length: 5 }, () => ['server', false]),
    );
    expect(attempts.at(-1)).toMatchObject({ fate: 'failed' });
    const task = await queueOf(project).show(one);
    // It was not the task's fault: the next run may take it.
    expect(task).toMatchObject({ status: 'open', assignee: null, labels: [] });
    expect(task?.notes).toContain('500 Internal server error');
  });
});

describe('a runtime that is of no use any more', () => {
  test('by its authentication: the run stops, its tasks go back, and what runs may finish', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    const three = await fileTask(project, 'Three');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await first.write('half.txt', 'half\n');
    await failLikeClaude(first, 'authentication');
    const stopping = await run.until('run.stopping');
    expect(stopping).toMatchObject({ reason: 'runtime_error' });
    expect(stopping.detail).toContain('Invalid API key');
    await second.write('two.txt', 'two\n');
    await second.close();
    expect(await run.ended).toBe(1);
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({
        task: one,
        end: 'authentication',
        counted: false,
        fate: 'open again',
        outcome: 'runtime_error',
        kept: [...BASE, 'half.txt'],
      }),
      expect.objectContaining({ task: two, end: 'merged' }),
    ]);
    expect(run.all('run.stopping')).toHaveLength(1);
    expect(await queueOf(project).show(one)).toMatchObject({ status: 'open', assignee: null, labels: [] });
    expect(await queueOf(project).show(three)).toMatchObject({ status: 'open', assignee: null, notes: '' });
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'two.txt']);
  });

  test('since its program is gone', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const program = join(project.folder, 'agent.sh');
    await writeFile(program, `#!/bin/sh\nexec ${agents.command}\n`);
    await chmod(program, 0o755);
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two', { blocked_by: [one] });
    await using run = await startLoop(project, { agent: program });
    const first = await agents.next({ task: one });
    await rm(program);
    await first.close();
    expect(await run.ended).toBe(1);
    expect(run.all('run.stopping')).toMatchObject([{ reason: 'runtime_error' }]);
    const [, told, ...others] = await endedAttempts(project, run);
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      task: two,
      end: 'program_missing',
      counted: false,
      fate: 'open again',
      outcome: 'runtime_error',
    });
    expect(told?.reason).toContain('agent.sh');
    expect(await queueOf(project).show(two)).toMatchObject({ status: 'open', assignee: null, labels: [] });
  });
});
