import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { failed } from './claude-failures.js';
import { fileTasks, GATED, type LoopOptions, type LoopRun, queueOf, startLoop } from './loop-run.js';

const FAKE = fileURLToPath(new URL('../fixtures/fake-claude.mjs', import.meta.url));
/** A program that does its task at once. */
const DILIGENT = 'cat > /dev/null; echo done > "$HEW_TASK_ID.txt"; echo "closed $HEW_TASK_ID"';

/** Starts a run in which claude fails each time with this last word, and a program does what it is given. */
async function startFailing(
  project: GitProject,
  last: string,
  flags: NonNullable<LoopOptions['flags']>,
): Promise<LoopRun> {
  const recording = join(project.folder, 'claude.jsonl');
  await project.write('../claude.jsonl', last);
  return startLoop(project, {
    agent: DILIGENT,
    flags,
    env: { HEW_LOOP_CLAUDE_BIN: FAKE, FAKE_CLAUDE_REPLAY: recording, FAKE_CLAUDE_EXIT: '1' },
  });
}

const LIMIT = { result: 'Claude usage limit reached', api_error_status: 429 };
const NO_LOGIN = { result: 'Invalid API key · Please run /login', api_error_status: 401 };

describe('the runtimes of a run', () => {
  test('the fallback works while the own one is at its limit, and every iteration says so', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTasks(project, { title: 'One' }, { title: 'Two' }, { title: 'Three' });
    await using run = await startFailing(project, failed(LIMIT), {
      runtime: ['claude'],
      fallback_runtime: 'command',
    });
    expect(await run.ended).toBe(0);
    const ended = run.all('iteration.finished');
    expect(new Set(ended.filter(({ runtime }) => runtime === 'claude').map(({ end }) => end))).toEqual(
      new Set(['usage_limit']),
    );
    expect(ended.filter(({ runtime }) => runtime === 'command').map(({ end }) => end)).toEqual([
      'merged',
      'merged',
      'merged',
    ]);
    for (const { runtime, cooldown_engaged } of run.all('iteration.started')) {
      expect(cooldown_engaged).toBe(runtime === 'command');
    }
    expect(run.all('slot.waiting').filter(({ reason }) => reason === 'usage_limit')).toEqual([]);
  });

  test('of several, one without a login is used no more, says how to log in, and its slots go on with the others', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTasks(project, ...['One', 'Two', 'Three', 'Four'].map((title) => ({ title })));
    await using run = await startFailing(project, failed(NO_LOGIN), { runtime: ['claude', 'command'] });
    expect(await run.ended).toBe(0);
    const [started] = run.all('run.started');
    expect(started?.runtime).toBe('claude,command');
    const ends = run.all('iteration.finished').map(({ slot, runtime, end }) => ({ slot, runtime, end }));
    expect(ends.filter(({ runtime }) => runtime === 'claude')).toEqual([
      { slot: 1, runtime: 'claude', end: 'authentication' },
    ]);
    expect(ends.filter(({ end }) => end === 'merged')).toHaveLength(4);
    const texts = run.all('notice').map(({ text }) => text);
    expect(texts).toContainEqual(expect.stringMatching(/^claude is used no more in this run: .*log ?in/i));
  });

  test('one that is the only one and without a login stops the run, and burns no attempt', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTasks(project, { title: 'One' });
    await using run = await startFailing(project, failed(NO_LOGIN), { runtime: ['claude'] });
    expect(await run.ended).toBe(1);
    expect(run.state.finished?.stop_reason).toBe('runtime_error');
    expect(run.all('iteration.finished')).toMatchObject([{ end: 'authentication', counted: false }]);
  });

  test('a retry waits with its task while the runtime rests, instead of running into the limit', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one! });
    const second = await agents.next({ task: two! });
    await second.print(failed(LIMIT));
    await second.exit(1);
    await run.until('iteration.finished', ({ end }) => end === 'usage_limit');
    // Counted: it would be tried again at once.
    await first.exit(0);
    const waits = await run.until(
      'slot.waiting',
      ({ slot, reason }) => slot === first.slot && reason === 'usage_limit',
    );
    expect(waits.detail).toContain('limit');
    expect(run.all('iteration.started')).toHaveLength(2);
    expect(run.state.tasks.get(one!)?.worker).toBe(first.worker);
  });
});

describe('what an iteration is started with', () => {
  test('the model of its task, the text of --skill, what the queue remembers, and one line that says that no budget is set', async () => {
    await using project = await makeGitProject({
      files: { ...GATED, '.hew.toml': `${GATED['.hew.toml']}[loop.model]\nby_type.bug = "sonnet"\n` },
    });
    await project.write('skill.md', 'Mind the gap.\n');
    await project.git('add', '--all');
    await project.git('commit', '--quiet', '--message', 'A skill');
    await using agents = await startSteppedAgents();
    await fileTasks(
      project,
      { title: 'One', labels: ['model:opus'], issue_type: 'bug' },
      { title: 'Two', issue_type: 'bug' },
    );
    await queueOf(project).remember('tabs, not spaces', 'style');
    await queueOf(project).remember('STATUS:loop-iter-failed:loop-1:2:now', 'STATUS:1');
    await using run = await startLoop(project, { agent: agents.command, flags: { skill: 'skill.md' } });
    const both = [await agents.next({ slot: 1 }), await agents.next({ slot: 2 })];
    expect(both.map(({ env }) => env['HEW_MODEL'])).toEqual(['opus', 'sonnet']);
    const beginning =
      'Mind the gap.\n\n## What is remembered of this project\n\n- style: tabs, not spaces\n\n# Task ';
    for (const { prompt } of both) expect(prompt.slice(0, beginning.length)).toBe(beginning);
    for (const agent of both) await agent.close();
    expect(await run.ended).toBe(0);
    const hashes = new Set(run.all('iteration.started').map(({ prompt_hash }) => prompt_hash));
    expect(hashes.size).toBe(1);
    const budgets = run.all('notice').filter(({ text }) => text.includes('No budget'));
    expect(budgets).toHaveLength(1);
  });
});
