import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { LoopSettings } from '../../source/engine/settings-schema.js';
import { summarise } from '../../source/engine/summary.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents, type SteppedAgents } from '../stepped-agents.js';
import { fileTasks, GATED, type LoopRun, queueOf, Refused, startLoop } from './loop-run.js';
import { expectReplay, folderOf } from './replay.js';

function startSerial(project: GitProject, agents: SteppedAgents, flags: LoopSettings = {}): Promise<LoopRun> {
  return startLoop(project, { agent: agents.command, flags: { jobs: 1, ...flags } });
}

async function statusesOf(project: GitProject): Promise<(string | undefined)[]> {
  const { tasks } = await queueOf(project).list();
  return [...tasks.values()].map(({ status, assignee }) =>
    status !== 'closed' && assignee ? `${status} by ${assignee}` : status,
  );
}

/** The checkout as git sees it: branch, commit, and what is not committed. */
async function homeOf(project: GitProject): Promise<string> {
  const status = await project.git('status', '--porcelain', '--branch', '--untracked-files=all');
  return `${status}\n${await project.git('rev-parse', 'HEAD')}`;
}

/** What must hold of a run that met what it may not touch: it stopped, gave the task back and started nothing more. */
async function expectStopped(project: GitProject, run: LoopRun, reason: RegExp): Promise<void> {
  expect(await run.ended).toBe(1);
  expect(run.all('run.stopping')).toMatchObject([
    { reason: 'guard_trip', detail: expect.stringMatching(reason) },
  ]);
  const { next_steps } = summarise(run.state, new Date());
  expect(next_steps[0]?.commands[0]).toBe('git status');
  await expectReplay(project, run);
}

describe('one job', () => {
  test('works in the checkout itself, one task after the other, and merges nothing', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using run = await startSerial(project, agents);
    const first = await agents.next({ task: one! });
    expect(first.cwd).toBe(project.path);
    await first.write('one.txt', 'one\n');
    await first.git('add', '--all');
    await first.git('commit', '--quiet', '--message', 'One');
    await first.close();
    const second = await agents.next({ task: two! });
    expect(await second.git('status', '--porcelain')).toBe('');
    await second.write('two.txt', 'two\n');
    await second.close();
    expect(await run.ended).toBe(0);

    const log = await project.git('log', '--format=%s', 'main');
    expect(log.split('\n')).toEqual([`${two}: Two`, 'One', 'First commit']);
    expect(await project.git('status', '--porcelain', '--branch')).toBe('## main');
    expect(await project.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
    expect(await statusesOf(project)).toEqual(['closed', 'closed']);
    const closed = await queueOf(project).show(two!);
    expect(closed?.close_reason).toContain(await project.git('rev-parse', 'main'));
    expect((await readdir(folderOf(project, run.run))).sort()).toEqual([
      'base.gate.log',
      'events.jsonl',
      'iter-001.agent.jsonl',
      'iter-001.gate.log',
      'iter-001.json',
      'iter-002.agent.jsonl',
      'iter-002.gate.log',
      'iter-002.json',
      'manifest.json',
      'processes.jsonl',
      'run.json',
    ]);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'in_place' });
    await expectReplay(project, run);
  });

  test.each([
    ['a changed file', async (project: GitProject) => project.write('README.md', 'changed\n'), /README\.md/],
    ['an untracked file', async (project: GitProject) => project.write('new.txt', 'new\n'), /new\.txt/],
    [
      'a detached HEAD',
      async (project: GitProject) => void (await project.git('checkout', '--quiet', '--detach')),
      /detached/,
    ],
  ])('is refused on %s', async (_, spoil, named) => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' });
    await spoil(project);
    const before = await homeOf(project);
    const refused: unknown = await startSerial(project, agents).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).problems).toEqual([expect.stringMatching(named)]);
    expect(await statusesOf(project)).toEqual(['open']);
    expect(await homeOf(project)).toBe(before);
    expect(await readdir(`${project.path}/.hew`)).not.toContain('loop');
  });

  test('keeps work that fails the gate, takes it out of the checkout and tries again', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' });
    const start = await project.git('rev-parse', 'HEAD');
    await using run = await startSerial(project, agents);
    const first = await agents.next({ attempt: 1 });
    await first.write('broken', 'red\n');
    await first.git('add', '--all');
    await first.git('commit', '--quiet', '--message', 'Broken');
    await first.write('late.txt', 'not committed\n');
    await first.close();
    const second = await agents.next({ attempt: 2 });
    expect(second.prompt).toContain('the gate is red: test ! -e broken');
    expect(await homeOf(project)).toBe(`## main\n${start}`);
    await second.write('one.txt', 'one\n');
    await second.close();
    expect(await run.ended).toBe(0);
    const [kept] = run.all('salvage.created');
    expect(await project.git('show', `${kept!.ref}:late.txt`)).toBe('not committed');
    expect(await project.git('ls-tree', '--name-only', 'main')).not.toContain('broken');
    await expectReplay(project, run);
  });

  test('gives a blocked task back with what it says, and takes its work out', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTasks(project, { title: 'One' });
    const before = await homeOf(project);
    await using run = await startSerial(project, agents);
    const agent = await agents.next();
    await agent.write('half.txt', 'half\n');
    await agent.print(`blocked ${one}: nobody knows the password\n`);
    await agent.exit(0);
    expect(await run.ended).toBe(1);
    const task = await queueOf(project).show(one!);
    expect(task).toMatchObject({ status: 'open', labels: ['hew-failed'] });
    expect(task?.notes).toContain('nobody knows the password');
    expect(await homeOf(project)).toBe(before);
    expect(await project.git('show', `${run.all('salvage.created')[0]!.ref}:half.txt`)).toBe('half');
    await expectReplay(project, run);
  });

  test('closes a task for which there was nothing to do', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' });
    const before = await homeOf(project);
    await using run = await startSerial(project, agents);
    await (await agents.next()).close();
    expect(await run.ended).toBe(0);
    expect(await statusesOf(project)).toEqual(['closed']);
    expect(await homeOf(project)).toBe(before);
    expect(summarise(run.state, new Date()).counts).toMatchObject({ empty: 1, merged: 0 });
    await expectReplay(project, run);
  });

  test('that is aborted keeps the work, and leaves the checkout as it was and the task open', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' });
    const before = await homeOf(project);
    await using run = await startSerial(project, agents);
    const agent = await agents.next();
    await agent.write('half.txt', 'half\n');
    run.control({ type: 'abortRun' });
    await agent.ended;
    expect(await run.ended).toBe(130);
    expect(await statusesOf(project)).toEqual(['open']);
    expect(await homeOf(project)).toBe(before);
    expect(await project.git('show', `${run.all('salvage.created')[0]!.ref}:half.txt`)).toBe('half');
    await expectReplay(project, run);
  });
});

describe('one job stops and touches nothing', () => {
  test('when the person commits while a gate is red', async () => {
    const commit = 'git commit --quiet --allow-empty --message By-the-person';
    await using project = await makeGitProject({
      files: { ...GATED, '.hew.toml': `[gate]\ntest = "! test -e broken || { ${commit}; false; }"\n` },
    });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using run = await startSerial(project, agents);
    const agent = await agents.next();
    await agent.write('broken', 'red\n');
    await agent.close();
    await expectStopped(project, run, /main was moved/);
    expect(await project.git('log', '-1', '--format=%s', 'main')).toBe('By-the-person');
    expect(await project.git('show', 'main:broken')).toBe('red');
    expect(await statusesOf(project)).toEqual(['open', 'open']);
  });

  test('when something new lies in the checkout between two tasks', async () => {
    await using project = await makeGitProject({
      files: { ...GATED, '.hew.toml': '[gate]\ntest = "! test -e one.txt || echo mine >mine.txt"\n' },
    });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using run = await startSerial(project, agents);
    const agent = await agents.next();
    await agent.write('one.txt', 'one\n');
    await agent.close();
    await expectStopped(project, run, /not as hew left it: .*mine\.txt/);
    expect(await project.git('status', '--porcelain')).toBe('?? mine.txt');
    expect(await project.git('log', '-1', '--format=%s', 'main')).toBe('app-1: One');
    expect(await statusesOf(project)).toEqual(['closed', 'open']);
    expect(run.all('agent.finished')).toHaveLength(1);
  });

  test('when the agent has gone to another branch', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    const start = await project.git('rev-parse', 'main');
    await using run = await startSerial(project, agents);
    const agent = await agents.next();
    await agent.git('switch', '--quiet', '--create', 'elsewhere');
    await agent.write('one.txt', 'one\n');
    await agent.git('add', '--all');
    await agent.git('commit', '--quiet', '--message', 'Elsewhere');
    await agent.write('late.txt', 'late\n');
    const before = await homeOf(project);
    await agent.close();
    await expectStopped(project, run, /no longer on main/);
    expect(await homeOf(project)).toBe(before);
    expect(await project.git('rev-parse', 'main')).toBe(start);
    expect(await statusesOf(project)).toEqual(['open', 'open']);
  });

  test('when the agent has made a repository inside', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using run = await startSerial(project, agents);
    const agent = await agents.next();
    await agent.git('init', '--quiet', 'nested');
    await agent.write('nested/file.txt', 'precious\n');
    await agent.git('-C', 'nested', 'add', '--all');
    const person = ['-c', 'user.name=Agent', '-c', 'user.email=agent@example.invalid'];
    await agent.git('-C', 'nested', ...person, 'commit', '--quiet', '--message', 'Precious');
    const before = await homeOf(project);
    await agent.close();
    await expectStopped(project, run, /nested/);
    expect(await homeOf(project)).toBe(before);
    expect(await project.git('-C', 'nested', 'show', 'HEAD:file.txt')).toBe('precious');
    expect(await statusesOf(project)).toEqual(['open', 'open']);
  });
});
