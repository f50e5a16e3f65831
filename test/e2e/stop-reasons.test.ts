import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRunRecord } from '../../source/engine/run-files/run-record.js';
import type { StopReason } from '../../source/engine/stop.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { resultOf } from './claude-failures.js';
import { fileTask } from './file-task.js';
import { filesIn } from './files-in.js';
import { jumpingClock } from './jumping-clock.js';
import { GATED, type LoopRun, queueOf, Refused, startLoop } from './loop-run.js';

const BASE = Object.keys(GATED).sort();

/** How a run has ended. Fails where it does not say the same everywhere, or says more than once why it stops. */
async function endOf(
  project: GitProject,
  run: LoopRun,
): Promise<{ readonly reason: StopReason; readonly exit_code: number; readonly tasks_left: number }> {
  const exit_code = await run.ended;
  const { stop_reason: reason, tasks_left } = await run.until('run.finished');
  expect(run.all('run.finished')).toMatchObject([{ exit_code }]);
  const folder = join(project.path, '.hew', 'loop', run.run);
  const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trim().split('\n');
  const stopping = lines.map((line): unknown => JSON.parse(line)).filter(isStopping);
  expect(stopping).toMatchObject([{ reason }]);
  expect(await readRunRecord(join(folder, 'run.json'))).toMatchObject({ stop_reason: reason });
  return { reason, exit_code, tasks_left };
}

function isStopping(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'run.stopping';
}

describe('a run without tasks that are ready', () => {
  test('ends well when all is done', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    await (await agents.next()).close();
    expect(await endOf(project, run)).toEqual({ reason: 'ready_empty', exit_code: 0, tasks_left: 0 });
  });

  test('ends with 1 when one has failed, and leaves alone what waits for it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two', { blocked_by: [one] });
    await using run = await startLoop(project, { agent: agents.command, flags: { attempts: 1 } });
    await (await agents.next()).exit(0);
    expect(await endOf(project, run)).toEqual({ reason: 'ready_empty', exit_code: 1, tasks_left: 1 });
    expect(await queueOf(project).show(two)).toMatchObject({ status: 'open', assignee: null, notes: '' });
  });
});

describe('a run that is cancelled', () => {
  test('ends with 130, although all is well', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    await agents.next();
    run.control({ type: 'abortRun' });
    run.control({ type: 'abortRun' });
    expect(await endOf(project, run)).toEqual({ reason: 'cancelled', exit_code: 130, tasks_left: 1 });
  });
});

describe('a stop file', () => {
  test.each([
    { name: '.stop in the run’s folder', path: (run: string) => join('.hew', 'loop', run, '.stop') },
    { name: 'the one of --stop-file', path: () => 'halt', flags: { stop_file: 'halt' } },
  ])('$name lets running iterations finish', async ({ path, flags }) => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await fileTask(project, 'Three');
    await using run = await startLoop(project, { agent: agents.command, flags: { ...flags } });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await writeFile(join(project.path, path(run.run)), '');
    await first.write('one.txt', 'one\n');
    await first.close();
    await run.until('run.stopping');
    await second.write('two.txt', 'two\n');
    await second.close();
    expect(await endOf(project, run)).toEqual({ reason: 'stop_file', exit_code: 3, tasks_left: 1 });
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt', 'two.txt']);
    expect(agents.waiting).toBe(0);
  });

  test('is seen while a slot waits; with nothing left it is no limit', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await writeFile(join(project.path, '.hew', 'loop', run.run, '.stop'), '');
    await run.until('run.stopping');
    await first.close();
    expect(await endOf(project, run)).toEqual({ reason: 'stop_file', exit_code: 0, tasks_left: 0 });
  });
});

describe('a budget', () => {
  test('of tokens counts over all slots, and a failed attempt is not tried again beyond it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await fileTask(project, 'Three', { blocked_by: [one] });
    await using run = await startLoop(project, { agent: agents.command, flags: { budget_tokens: 1000 } });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await second.print(resultOf(`closed ${two}`, 400));
    await second.exit(0);
    await run.until('task.closed');
    await first.print(resultOf('I have given up', 600));
    await first.exit(0);
    expect(await endOf(project, run)).toEqual({ reason: 'budget_tokens', exit_code: 3, tasks_left: 2 });
    expect(run.state.tokens.input).toBe(1000);
    const task = await queueOf(project).show(one);
    expect(task).toMatchObject({ status: 'open', assignee: null, labels: [] });
    expect(task?.notes).toContain('goes on no further with it');
    expect(agents.waiting).toBe(0);
  });

  test('of money is refused for a runtime without a price', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    const start = startLoop(project, { agent: agents.command, flags: { budget_cost: 5 } });
    await expect(start).rejects.toThrow(Refused);
    await expect(start).rejects.toThrow(/--budget-cost cannot hold.*--budget-tokens/);
  });

  test('of time ends the run; what is at work may finish', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    await fileTask(project, 'Three');
    const clock = jumpingClock();
    const flags = { budget_wall: 24 * 3_600_000 };
    await using run = await startLoop(project, { agent: agents.command, clock, flags });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    clock.jump(flags.budget_wall);
    await first.close();
    await run.until('run.stopping');
    await second.write('two.txt', 'two\n');
    await second.close();
    expect(await endOf(project, run)).toEqual({ reason: 'budget_wall', exit_code: 3, tasks_left: 1 });
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'two.txt']);
  });
});

describe('a limit of iterations', () => {
  test('is met exactly by several slots, retries included', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    for (const title of ['One', 'Two', 'Three', 'Four', 'Five', 'Six']) await fileTask(project, title);
    const flags = { jobs: 3, max_iter: 5 };
    await using run = await startLoop(project, { agent: agents.command, flags });
    const [first, second, third] = [await agents.next(), await agents.next(), await agents.next()];
    await first.exit(0);
    await (await agents.next({ task: first.task, attempt: 2 })).exit(0);
    await run.until('task.returned');
    await Promise.all([second.close(), third.close()]);
    await (await agents.next()).close();
    expect(await endOf(project, run)).toEqual({ reason: 'max_iter', exit_code: 1, tasks_left: 2 });
    expect(run.all('iteration.started')).toHaveLength(5);
    expect(agents.waiting).toBe(0);
  });

  test('that many slots reach at one moment is not passed', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    for (const title of ['One', 'Two', 'Three', 'Four']) await fileTask(project, title);
    const flags = { jobs: 4, max_iter: 2 };
    await using run = await startLoop(project, { agent: agents.command, flags });
    const [first, second] = [await agents.next(), await agents.next()];
    await run.until('run.stopping');
    await Promise.all([first.close(), second.close()]);
    expect(await endOf(project, run)).toEqual({ reason: 'max_iter', exit_code: 3, tasks_left: 2 });
    expect(run.all('iteration.started')).toHaveLength(2);
    expect(run.all('task.claimed')).toHaveLength(2);
  });
});

describe('too many failures in a row', () => {
  /** A project whose gate needs a file that is not in it. */
  async function dependentProject() {
    const project = await makeGitProject();
    const outside = join(project.folder, 'service');
    await writeFile(outside, '');
    await project.write('.hew.toml', `[gate]\ntest = "test -e ${outside} && test ! -e broken"\n`);
    await project.git('add', '--all');
    await project.git('commit', '--quiet', '--message', 'Gate');
    for (const title of ['One', 'Two']) await fileTask(project, title);
    const three = await fileTask(project, 'Three');
    await fileTask(project, 'Four');
    return { project, outside, three };
  }

  test('stop the run when trunk itself is red by now', async () => {
    const { project, outside, three } = await dependentProject();
    await using _ = project;
    await using agents = await startSteppedAgents();
    await using run = await startLoop(project, { agent: agents.command });
    const tried = [await agents.next(), await agents.next()];
    await rm(outside);
    // Two tasks with two attempts each: the fourth failure in a row is looked into.
    for (let failure = 1; failure <= 4; failure += 1) {
      const agent = tried.shift() ?? (await agents.next({ attempt: 2 }));
      await agent.write(`work-${failure}.txt`, 'work\n');
      await agent.close();
      await run.until('iteration.finished', () => run.all('iteration.finished').length === failure);
    }
    await run.until('run.stopping');
    // The slot whose task has failed first is at its next one already; that is not tried a second time.
    const last = await agents.next({ task: three });
    await last.write('late.txt', 'late\n');
    await last.close();
    expect(await endOf(project, run)).toEqual({ reason: 'guard_trip', exit_code: 1, tasks_left: 2 });
    expect(run.all('trunk.checked')).toMatchObject([{ outcome: 'red' }]);
    expect(run.all('run.stopping')[0]?.detail).toContain('trunk itself is red');
    expect(run.all('iteration.finished')).toHaveLength(5);
    expect(await queueOf(project).show(three)).toMatchObject({ status: 'open', assignee: null, labels: [] });
    expect(agents.waiting).toBe(0);
  });

  test('count anew when trunk is green', async () => {
    const { project } = await dependentProject();
    await using _ = project;
    await using agents = await startSteppedAgents();
    await using run = await startLoop(project, { agent: agents.command });
    for (let failure = 1; failure <= 7; failure += 1) {
      const agent = await agents.next();
      await agent.write('broken', `${failure}`);
      await agent.close();
      if (failure === 4) await run.until('trunk.checked');
    }
    await (await agents.next()).close();
    expect(await endOf(project, run)).toEqual({ reason: 'ready_empty', exit_code: 1, tasks_left: 0 });
    expect(run.all('trunk.checked')).toMatchObject([{ outcome: 'green' }]);
    const order = run.events.filter(({ type }) => type === 'trunk.checked' || type === 'iteration.finished');
    expect(order.findIndex(({ type }) => type === 'trunk.checked')).toBe(4);
  });
});
