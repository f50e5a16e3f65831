import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../source/engine/ids.js';
import type { Task } from '../../source/engine/ports.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgents, startSteppedAgents } from '../stepped-agents.js';
import { jumpingClock } from './jumping-clock.js';
import { fileTasks, type LoopRun, queueOf, startLoop } from './loop-run.js';
import { expectReplay } from './replay.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** The gate is red while there is a file `broken`; a file `hang` makes it tell that it runs, and then never end. */
const FILES = {
  '.hew.toml': '[gate]\ntest = "test ! -e broken && if test -e hang; then echo >$HOME/gate; sleep 600; fi"\n',
  'shared.txt': 'as it was\n',
};

/** One is merged, Two conflicts with it and is parked, and Four waits for Two. */
interface Conflict {
  readonly two: TaskId;
  readonly four: TaskId;
  readonly bug: Task;
  /** The parked worktree, and its branch. */
  readonly path: string;
  readonly branch: string;
}

async function makeConflict(project: GitProject, agents: SteppedAgents, run: LoopRun): Promise<Conflict> {
  const [one, two] = [await agents.next({ task: 'app-1' }), await agents.next({ task: 'app-2' })];
  await one.write('shared.txt', 'as One has it\n');
  await one.close();
  await run.until('task.closed');
  await two.write('shared.txt', 'as Two has it\n');
  await two.close();
  const parked = await run.until('worker.parked');
  const { path, branch } = run.state.workers.get(parked.worker)!;
  const bug = await queueOf(project).show(parked.bug!);
  return { two: parked.task, four: 'app-4' as TaskId, bug: bug!, path, branch };
}

const TASKS = [
  { title: 'One' },
  { title: 'Two' },
  { title: 'Three' },
  { title: 'Four', blocked_by: ['app-2' as TaskId] },
];

/** A run that has ended with such a conflict: Three had nothing to do. */
async function conflictOfEarlierRun(project: GitProject, agents: SteppedAgents): Promise<Conflict> {
  await fileTasks(project, ...TASKS);
  await using run = await startLoop(project, { agent: agents.command, flags: { jobs: 3 } });
  const conflict = await makeConflict(project, agents, run);
  await (await agents.next({ task: 'app-3' })).close();
  expect(await run.ended).toBe(1);
  await expectReplay(project, run);
  return conflict;
}

/** The commands that the bug's text gives, one a line. */
function commandsOf({ bug }: Conflict): string[] {
  return bug.description.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []));
}

/** Runs the commands of the bug's text in a shell, `changes` where a person has to think. */
async function resolve(
  project: GitProject,
  conflict: Conflict,
  changes: { readonly target?: string; readonly work?: string; readonly commit?: boolean } = {},
): Promise<void> {
  const { work = 'echo as both have it >shared.txt', commit = true } = changes;
  const hew = join(project.folder, 'hew-program');
  await writeFile(hew, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  await chmod(hew, 0o755);
  const lines = commandsOf(conflict).flatMap((line) => {
    if (line.startsWith('#')) return [work];
    if (line.startsWith('git add') && !commit) return [];
    if (line.startsWith('git merge') && changes.target) return [`git merge ${changes.target}`];
    const said = line.replace('<the id of this task>', conflict.bug.id);
    return [said.replace(/^hew /, `${hew} `)];
  });
  await execa('sh', ['-c', lines.join('\n')], { cwd: project.path, env: project.env });
}

async function statusOf(project: GitProject, id: TaskId): Promise<string | undefined> {
  return (await queueOf(project).show(id))?.status;
}

describe('a conflict that a person has resolved as its bug says', () => {
  test('is merged at the next start, and what waits for it begins with its code', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const conflict = await conflictOfEarlierRun(project, agents);
    const { two, four, path, branch } = conflict;
    expect(await statusOf(project, two)).toBe('in_progress');
    expect(commandsOf(conflict)).toContain('git merge main');
    await resolve(project, conflict);
    expect(await statusOf(project, conflict.bug.id)).toBe('closed');

    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next({ task: four });
    const settled = await run.until('parked.settled');
    expect(settled).toMatchObject({ outcome: 'merged', task: two });
    expect(await agent.git('show', 'HEAD:shared.txt')).toBe('as both have it');
    expect(await statusOf(project, two)).toBe('closed');
    await agent.write('four.txt', 'four\n');
    await agent.close();
    expect(await run.ended).toBe(0);
    expect(await project.git('show', 'main:shared.txt')).toBe('as both have it');
    const [task] = (
      await project.git('log', '-1', '--format=%(trailers:key=Hew-Task,valueonly)', settled.sha!)
    ).split('\n');
    expect(task).toBe(two);
    expect(await project.git('worktree', 'list', '--porcelain')).not.toContain(path);
    expect(await project.git('branch', '--list', branch)).toBe('');
    expect(await readdir(join(project.folder, 'hew', 'wt'))).toEqual([]);
    expect(run.state.tasks.get(two)).toMatchObject({ fate: 'merged', closed: true, sha: settled.sha });
    await expectReplay(project, run);

    // And not once more.
    await fileTasks(project, { title: 'Five' });
    await using later = await startLoop(project, { agent: agents.command });
    await (await agents.next()).close();
    expect(await later.ended).toBe(0);
    expect(later.all('parked.settled')).toEqual([]);
  });

  test('is merged by the very run that parked it, while another task is in work', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    await fileTasks(project, ...TASKS);
    await using run = await startLoop(project, {
      agent: agents.command,
      flags: { jobs: 3 },
      clock: jumpingClock(),
    });
    const conflict = await makeConflict(project, agents, run);
    const { two, four, path, branch } = conflict;
    const three = await agents.next({ task: 'app-3' });
    const [, target] = /while it goes on, merge (\w+) instead of main/.exec(conflict.bug.description) ?? [];
    await resolve(project, conflict, { target: target! });
    const settled = await run.until('parked.settled');
    expect(settled).toMatchObject({ run: run.run, outcome: 'merged', task: two });
    const agent = await agents.next({ task: four });
    expect(await agent.git('show', 'HEAD:shared.txt')).toBe('as both have it');
    await agent.close();
    await three.close();
    expect(await run.ended).toBe(0);
    expect(await statusOf(project, two)).toBe('closed');
    expect(await project.git('show', 'main:shared.txt')).toBe('as both have it');
    expect(await project.git('worktree', 'list', '--porcelain')).not.toContain(path);
    expect(await project.git('branch', '--list', branch, 'loop/*')).toBe('');
    await expectReplay(project, run);
  });

  test('is closed and not merged again where the person has merged it into the branch', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const conflict = await conflictOfEarlierRun(project, agents);
    const { two, four, branch } = conflict;
    await project.git('merge', '--quiet', branch).catch(() => undefined);
    await project.write('shared.txt', 'as both have it\n');
    await project.git('commit', '--quiet', '--all', '--no-edit');
    const merged = await project.git('rev-parse', 'main');
    await queueOf(project).close(conflict.bug.id, 'merged by hand');

    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next({ task: four });
    expect(await run.until('parked.settled')).toMatchObject({ outcome: 'already_merged', sha: merged });
    expect(await agent.git('rev-parse', 'HEAD')).toBe(merged);
    await agent.close();
    expect(await run.ended).toBe(0);
    expect(await statusOf(project, two)).toBe('closed');
    expect(await project.git('rev-parse', 'main')).toBe(merged);
    expect(await project.git('branch', '--list', branch)).toBe('');
  });

  test('keeps the branch of the worker when the person has committed elsewhere', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const conflict = await conflictOfEarlierRun(project, agents);
    const { path, branch, four } = conflict;
    const tip = await project.git('rev-parse', branch);
    await project.git('-C', path, 'checkout', '--quiet', '-b', 'by-hand', 'main');
    await writeFile(join(path, 'shared.txt'), 'as the person has it\n');
    await project.git('-C', path, 'commit', '--quiet', '--all', '--message', 'By hand');
    await queueOf(project).close(conflict.bug.id, 'done anew');

    await using run = await startLoop(project, { agent: agents.command });
    await (await agents.next({ task: four })).close();
    expect(await run.ended).toBe(0);
    expect(await project.git('show', 'main:shared.txt')).toBe('as the person has it');
    expect(await project.git('rev-parse', 'by-hand')).toBe(await project.git('rev-parse', 'main^2'));
    const kept = await project.git('for-each-ref', '--format=%(objectname)', '--contains', tip);
    expect(kept).not.toBe('');
  });
});

describe('a bug that was closed too early is opened again, and nothing is lost', () => {
  test.each([
    [
      'it still conflicts',
      { target: 'HEAD', work: ':', commit: false },
      'still conflicts with trunk: shared.txt',
    ],
    ['a merge is in progress', { commit: false }, 'a merge is still in progress'],
    [
      'the merged tree is red',
      { work: 'echo both >shared.txt; touch broken' },
      'gate is red on the merged tree',
    ],
    [
      'something is not committed',
      { work: 'git checkout --ours shared.txt; touch late', commit: false, target: 'HEAD' },
      'not committed: late',
    ],
  ])('%s', async (_, changes, reason) => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const conflict = await conflictOfEarlierRun(project, agents);
    const { two, path, branch, bug } = conflict;
    await resolve(project, conflict, changes);
    const before = [
      await project.git('-C', path, 'status', '--porcelain', '--branch'),
      await project.git('-C', path, 'rev-parse', 'HEAD'),
    ];

    await using run = await startLoop(project, { agent: agents.command });
    expect(await run.until('parked.settled')).toMatchObject({ outcome: 'reopened', task: two });
    expect(await run.ended).toBe(1);
    const reopened = await queueOf(project).show(bug.id);
    expect(reopened?.status).toBe('open');
    expect(reopened?.notes).toContain(reason);
    expect(await statusOf(project, two)).toBe('in_progress');
    expect([
      await project.git('-C', path, 'status', '--porcelain', '--branch'),
      await project.git('-C', path, 'rev-parse', 'HEAD'),
    ]).toEqual(before);
    expect(await project.git('-C', path, 'symbolic-ref', 'HEAD')).toBe(`refs/heads/${branch}`);
    expect(agents.waiting).toBe(0);
    expect(run.all('task.claiming')).toEqual([]);
    await expectReplay(project, run);
  });

  test('and the next time that it is closed it is tried again', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const conflict = await conflictOfEarlierRun(project, agents);
    const [filed] = await fileTasks(project, { title: 'Long' });
    await queueOf(project).close(conflict.bug.id, 'too early');
    await using run = await startLoop(project, { agent: agents.command, clock: jumpingClock() });
    const long = await agents.next({ task: filed! });
    await run.until('parked.settled', ({ outcome }) => outcome === 'reopened');
    await resolve(project, conflict);
    await run.until('parked.settled', ({ outcome }) => outcome === 'merged');
    await (await agents.next({ task: conflict.four })).close();
    await long.close();
    expect(await run.ended).toBe(0);
    expect(await statusOf(project, conflict.two)).toBe('closed');
    await expectReplay(project, run);
  });
});

test('a person who is on a branch of their own stays there when the merged tree is red', async () => {
  await using project = await makeGitProject({ files: FILES });
  await using agents = await startSteppedAgents();
  const conflict = await conflictOfEarlierRun(project, agents);
  const { path, branch } = conflict;
  const tip = await project.git('rev-parse', branch);
  await project.git('-C', path, 'checkout', '--quiet', '-b', 'by-hand', 'main');
  await writeFile(join(path, 'broken'), 'red\n');
  await project.git('-C', path, 'add', '--all');
  await project.git('-C', path, 'commit', '--quiet', '--message', 'By hand');
  await queueOf(project).close(conflict.bug.id, 'done anew');
  await using run = await startLoop(project, { agent: agents.command });
  expect(await run.until('parked.settled')).toMatchObject({ outcome: 'reopened' });
  expect(await run.ended).toBe(1);
  expect(await project.git('-C', path, 'status', '--porcelain', '--branch')).toBe('## by-hand');
  expect(await project.git('rev-parse', branch)).toBe(tip);
});

test('an abort in the middle leaves the bug closed and the worktree as the person left it', async () => {
  await using project = await makeGitProject({ files: FILES });
  await using agents = await startSteppedAgents();
  const conflict = await conflictOfEarlierRun(project, agents);
  await resolve(project, conflict, { work: 'echo both >shared.txt; touch hang' });
  const head = await project.git('-C', conflict.path, 'rev-parse', 'HEAD');
  await execa('mkfifo', [join(project.folder, 'home', 'gate')]);
  await using run = await startLoop(project, { agent: agents.command });
  await execa('cat', [join(project.folder, 'home', 'gate')]);
  run.control({ type: 'abortRun' });
  expect(await run.ended).toBe(130);
  expect(await statusOf(project, conflict.bug.id)).toBe('closed');
  expect(await project.git('-C', conflict.path, 'rev-parse', 'HEAD')).toBe(head);
  expect(await project.git('-C', conflict.path, 'symbolic-ref', 'HEAD')).toBe(
    `refs/heads/${conflict.branch}`,
  );
  await expectReplay(project, run);
});

test('a run with one job only tells that something waits', async () => {
  await using project = await makeGitProject({ files: FILES });
  await using agents = await startSteppedAgents();
  const conflict = await conflictOfEarlierRun(project, agents);
  await resolve(project, conflict);
  await using run = await startLoop(project, { agent: agents.command, flags: { jobs: 1 } });
  expect(await run.ended).toBe(0);
  const texts = run.all('notice').map(({ text }) => text);
  expect(texts).toContain('1 parked branch waits for a run with --jobs 2 or more');
  expect(run.all('parked.settled')).toEqual([]);
  expect(await statusOf(project, conflict.bug.id)).toBe('closed');
  expect(await project.git('worktree', 'list', '--porcelain')).toContain(conflict.path);
});
