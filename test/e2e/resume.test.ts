import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shaSchema } from '../../source/engine/ids.js';
import { openJournal } from '../../source/engine/journal.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { totalTokens } from '../../source/engine/reduce-iteration.js';
import { hew } from '../commands/hew.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { checkoutHashes } from './checkout-hashes.js';
import { fileTitled } from './file-titled.js';
import { GATED, queueOf } from './loop-run.js';
import { folderOf } from './replay.js';
import { startHew } from './started-hew.js';
import { startInTerminal } from './terminal-program.js';

function hewIn(project: GitProject, ...argv: readonly string[]): ReturnType<typeof hew> {
  return hew({ cwd: project.path, env: project.env }, ...argv);
}

async function stateOf(project: GitProject, run: string) {
  const { events } = await readJournal(join(folderOf(project, run), 'events.jsonl'));
  return events.reduce(reduce, EMPTY_STATE);
}

/** The files that a ref, a salvage mostly, holds. */
async function salvages(project: GitProject): Promise<string[]> {
  const refs = await project.git('for-each-ref', '--format=%(refname)', 'refs/hew/salvage');
  return refs.split('\n').filter((ref) => ref !== '');
}

const PATIENCE = { timeout: 30_000 };

interface CutProject extends AsyncDisposable {
  readonly project: GitProject;
  readonly agents: Awaited<ReturnType<typeof startSteppedAgents>>;
  readonly run: string;
  /** The agent that worked when hew was killed. */
  readonly last: SteppedAgent;
}

/** A run of two tasks one after the other, killed while the second agent works; the first is merged. */
async function cutInTheMiddle(jobs: '1' | '2', ...more: readonly string[]): Promise<CutProject> {
  const project = await makeGitProject({ files: GATED });
  const agents = await startSteppedAgents();
  await fileTitled(project, 'One', 'Two');
  const args = ['loop', 'run', '--jobs', jobs, '--agent-command', agents.command, ...more];
  const running = startHew(project, ...args);
  const first = await agents.next({ task: 'app-1' });
  const second = jobs === '1' ? null : await agents.next({ task: 'app-2' });
  await first.write('one.txt', 'one\n');
  await first.close();
  const last = second ?? (await agents.next({ task: 'app-2' }));
  const queue = queueOf(project);
  await expect.poll(async () => (await queue.show('app-1' as never))?.status, PATIENCE).toBe('closed');
  await last.write('half.txt', 'half\n');
  await last.runProgram('sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 &');
  await last.print(
    `${JSON.stringify({ type: 'assistant', message: { id: 'm1', model: 'x', content: [], usage: { input_tokens: 70, output_tokens: 7, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 } } })}\n`,
  );
  const log = join(folderOf(project, last.run!), jobs === '1' ? '' : `worker-${last.worker}`);
  const name = `iter-00${jobs === '1' ? 2 : 1}.agent.jsonl`;
  await expect
    .poll(() => readFile(join(log, name), 'utf8').catch(() => ''), PATIENCE)
    .toContain('input_tokens');
  await running.kill();
  return {
    project,
    agents,
    run: last.run!,
    last,
    async [Symbol.asyncDispose]() {
      await agents[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    },
  };
}

describe('hew loop resume', () => {
  test('goes on where a killed run was: nothing lost, nothing running, what was spent counted', async () => {
    await using cut = await cutInTheMiddle('2');
    const { project, agents, run, last } = cut;
    const before = await checkoutHashes(project);
    const resumed = startHew(project, 'loop', 'resume', '--agent-command', agents.command);
    await last.ended;
    const again = await agents.next({ task: 'app-2' });
    // The same attempt: what was in flight does not count.
    expect(again).toMatchObject({ attempt: 1, run });
    expect(again.prompt).toContain('## Attempt 1 was cut short');
    expect(again.prompt).toContain(`git diff HEAD...${(await salvages(project))[0]}`);
    expect(await checkoutHashes(project)).toEqual(before);
    expect(await project.git('show', `${(await salvages(project))[0]}:half.txt`)).toBe('half');
    const spent = await stateOf(project, run);
    expect(totalTokens(spent.tokens)).toBe(77);
    expect(spent.tasks.get('app-2' as never)).toMatchObject({ counted: 0, end: 'interrupted' });
    await again.write('two.txt', 'two\n');
    await again.close();
    expect(await resumed.ended).toMatchObject({ code: 0 });
    expect(await project.git('ls-tree', '--name-only', 'main')).toBe(
      '.hew.toml\nREADME.md\none.txt\ntwo.txt',
    );
    expect(await markedProcesses(run)).toEqual([]);
    const iteration = JSON.parse(
      await readFile(join(folderOf(project, run), `worker-${last.worker}`, 'iter-001.json'), 'utf8'),
    ) as object;
    expect(iteration).toMatchObject({
      task_id: 'app-2',
      outcome: 'no_close',
      end: 'interrupted',
      cost: { input: 70 },
    });
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
  });

  test('holds to the limits that the run was given, the iterations that were cut included', async () => {
    await using cut = await cutInTheMiddle('2', '--max-iter', '2');
    const { project, agents, run } = cut;
    const { code, stdout } = await hewIn(project, 'loop', 'resume', run, '--agent-command', agents.command);
    expect({ code, stdout }).toMatchObject({ code: 3 });
    expect(stdout).toContain('iteration limit reached');
    expect((await queueOf(project).list()).ready).toEqual(['app-2']);
  });

  test('is refused for a run that has ended, that lives, or that never was', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    expect(await hewIn(project, 'loop', 'resume')).toMatchObject({ code: 2 });
    await fileTitled(project, 'One');
    const args = ['--jobs', '2', '--agent-command', agents.command];
    const running = startHew(project, 'loop', 'run', ...args);
    const one = await agents.next();
    for (const which of [[], [one.run!]]) {
      const refused = await hewIn(project, 'loop', 'resume', ...which, '--agent-command', agents.command);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('is alive') });
    }
    await one.close();
    expect(await running.ended).toMatchObject({ code: 0 });
    const ended = await hewIn(project, 'loop', 'resume', one.run!, '--agent-command', agents.command);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended') });
    for (const [which, words] of [
      ['loop-20200101T000000Z-00000000', 'never began'],
      ['../..', 'is not a run id'],
    ] as const)
      expect((await hewIn(project, 'loop', 'resume', which)).stderr).toContain(words);
  });

  test('with one job resets nothing: it says what stands in home, and goes on once that is put right', async () => {
    await using cut = await cutInTheMiddle('1');
    const { project, agents, run } = cut;
    const flags = ['loop', 'resume', '--agent-command', agents.command];
    const refused = await hewIn(project, ...flags);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('half.txt');
    expect(refused.stderr).toContain('git stash --include-untracked');
    expect(await readFile(join(project.path, 'half.txt'), 'utf8')).toBe('half\n');
    expect(await project.git('show', `${(await salvages(project))[0]}:half.txt`)).toBe('half');
    expect((await queueOf(project).list()).ready).toEqual(['app-2']);
    await project.git('stash', '--include-untracked');
    const resumed = startHew(project, ...flags);
    const again = await agents.next({ task: 'app-2' });
    await again.write('two.txt', 'two\n');
    await again.close();
    expect(await resumed.ended).toMatchObject({ code: 0 });
    expect((await stateOf(project, run)).finished?.exit_code).toBe(0);
    expect(await project.git('show', 'main:two.txt')).toBe('two');
  });
});

describe('hew loop abandon', () => {
  test('gives the tasks back, keeps the work, lands what was merged, and does not go on', async () => {
    await using cut = await cutInTheMiddle('2');
    const { project, run } = cut;
    const { code, stdout } = await hewIn(project, 'loop', 'abandon');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect((await queueOf(project).list()).ready).toEqual(['app-2']);
    expect(await project.git('show', `${(await salvages(project))[0]}:half.txt`)).toBe('half');
    expect(await project.git('show', 'main:one.txt')).toBe('one');
    expect(await markedProcesses(run)).toEqual([]);
    expect((await stateOf(project, run)).finished).toMatchObject({ stop_reason: 'cancelled' });
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
    expect(await hewIn(project, 'loop', 'abandon')).toMatchObject({ code: 2 });
  });

  test('tries no more than a fast-forward: trunk stays where the branch has moved on', async () => {
    await using cut = await cutInTheMiddle('2');
    const { project, run } = cut;
    await project.write('mine.txt', 'mine\n');
    await project.git('add', '--all');
    await project.git('commit', '--quiet', '--message', 'Mine');
    const unsettled = await hewIn(project, 'loop', 'land');
    expect(unsettled).toMatchObject({ code: 2, stderr: expect.stringContaining(`hew loop resume ${run}`) });
    const { code, stdout } = await hewIn(project, 'loop', 'abandon', run);
    expect({ code, stdout }).toMatchObject({ code: 1 });
    expect(stdout).toContain('moved on');
    expect(await project.git('show', `loop/${run}/trunk:one.txt`)).toBe('one');
    expect(await hewIn(project, 'loop', 'land', run)).toMatchObject({ code: 0 });
    expect(await project.git('show', 'main:one.txt')).toBe('one');
  });
});

describe('a run beside one that was cut', () => {
  test('is refused, with the two commands, as long as that holds a task', async () => {
    await using cut = await cutInTheMiddle('2');
    const { project, agents, run } = cut;
    const args = ['loop', 'run', '--jobs', '2', '--agent-command', agents.command];
    const refused = await hewIn(project, ...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`hew loop resume ${run}`);
    expect(refused.stderr).toContain(`hew loop abandon ${run}`);
    await fileTitled(project, 'Three');
    const ignoring = startHew(project, ...args, '--ignore-crashed', '--ignore-unlanded');
    const three = await agents.next({ task: 'app-3' });
    await three.close();
    expect(await ignoring.ended).toMatchObject({ code: 0 });
    expect(await hewIn(project, 'loop', 'abandon', run)).toMatchObject({ code: 0 });
  });
});

describe('hew tui beside a run that was cut', () => {
  test('asks what is to become of it, and resumes it on screen', async () => {
    await using cut = await cutInTheMiddle('2');
    const { project, agents, run } = cut;
    const flags = ['tui', '--jobs', '2', '--agent-command', agents.command];
    using quitting = startInTerminal(project, flags);
    await quitting.until('A run was cut');
    await quitting.until(`${run} was cut and holds 1 task of the queue`);
    quitting.type('q');
    expect(await quitting.exitCode()).toBe(130);
    using terminal = startInTerminal(project, flags);
    await terminal.until('r  resume');
    terminal.type('r');
    const again = await agents.next({ task: 'app-2' });
    expect(again.run).toBe(run);
    await again.print('hello again\n');
    await terminal.until('hello again');
    await again.close();
    await terminal.until('2 tasks');
    terminal.type('q');
    expect(await terminal.exitCode()).toBe(0);
  });
});

describe('a landing that was cut', () => {
  test('is not touched: the repair is told', async () => {
    await using cut = await cutInTheMiddle('2');
    const { project, agents, run } = cut;
    const trunk = shaSchema.parse(await project.git('rev-parse', `loop/${run}/trunk`));
    const from = shaSchema.parse(await project.git('rev-parse', 'main'));
    const stamp = { v: 1, at: new Date().toISOString() } as const;
    const journal = await openJournal(join(folderOf(project, run), 'events.jsonl'));
    await journal.append({ ...stamp, type: 'run.stopping', reason: 'ready_empty', detail: '' });
    await journal.append({ ...stamp, type: 'land.started', branch: 'main', from, to: trunk });
    await journal.close();
    // What git had written when the power failed: a file of the new commit, and its lock.
    await project.write('one.txt', 'one\n');
    await writeFile(join(project.path, '.git', 'index.lock'), '');
    const before = await checkoutHashes(project);
    const resumed = await hewIn(project, 'loop', 'resume', '--agent-command', agents.command);
    expect(resumed.code).toBe(1);
    expect(resumed.stdout).toContain('status');
    expect(resumed.stdout).toContain(`merge --ff-only ${trunk}`);
    expect(await checkoutHashes(project)).toEqual(before);
    expect((await stateOf(project, run)).finished?.exit_code).toBe(1);
    expect((await queueOf(project).list()).ready).toEqual(['app-2']);
  });
});
