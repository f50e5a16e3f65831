import { chmod, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { GitProject } from '../git-project.js';
import { makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { fileTasks, GATED, type LoopOptions, type LoopRun, queueOf, startLoop } from './loop-run.js';
import { expectReplay, folderOf } from './replay.js';

const FAKE = fileURLToPath(new URL('../fixtures/fake-claude.mjs', import.meta.url));
const RECORDINGS = fileURLToPath(new URL('../recordings/', import.meta.url));

/** Starts a run as somebody does who names no agent at all, with the fake in place of claude. */
async function startClaude(
  project: GitProject,
  recording: string,
  given: Partial<LoopOptions> = {},
): Promise<LoopRun> {
  return startLoop(project, {
    agent: '',
    ...given,
    flags: { runtime: undefined, agent_command: undefined, ...given.flags },
    env: {
      HEW_LOOP_CLAUDE_BIN: FAKE,
      FAKE_CLAUDE_REPLAY: join(RECORDINGS, `${recording}.jsonl`),
      FAKE_CLAUDE_COMMITS: '1',
      ...given.env,
    },
  });
}

describe('a run with claude', () => {
  test('is what a run is where no agent is named: merged, with tokens, cost and model told', async () => {
    await using project = await makeGitProject({ files: GATED });
    const [first, second] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using run = await startClaude(project, 'claude-stream', {
      flags: { model: { default: 'opus' }, budget_cost: 5 },
      env: { FAKE_CLAUDE_HEARD: join(project.folder, 'heard.json') },
    });
    expect(await run.ended).toBe(0);

    expect(run.all('run.started')[0]).toMatchObject({ runtime: 'claude' });
    expect(run.all('iteration.started')).toMatchObject([{ model: 'opus' }, { model: 'opus' }]);
    const tokens = { input: 360, output: 120, cache_read: 12_000, cache_create: 900 };
    const told = {
      runtime: 'claude',
      end: 'merged',
      tokens,
      cost_usd: 0.009855,
      model: 'claude-sonnet-4-5',
    };
    expect(run.all('iteration.finished')).toMatchObject([told, told]);
    for (const id of [first, second]) {
      expect(await project.git('show', `main:${id}.txt`)).toMatch(/^\d+$/);
      expect((await queueOf(project).show(id!))?.status).toBe('closed');
    }
    const heard = JSON.parse(await readFile(join(project.folder, 'heard.json'), 'utf8')) as {
      readonly argv: readonly string[];
      readonly messages: readonly { readonly message: { readonly content: string } }[];
    };
    expect(heard.argv).toContain('opus');
    expect(heard.messages[0]?.message.content).toMatch(/^# Task app-[12]: (One|Two)$/m);
    const log = join(folderOf(project, run.run), 'worker-0', 'iter-001.agent.jsonl');
    expect(await readFile(log, 'utf8')).toContain('"subtype":"init"');
    expect(await markedProcesses(run.run)).toEqual([]);
    await expectReplay(project, run);
  });

  test('a good result does not stand for work: without a closing word the attempt has failed', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTasks(project, { title: 'One' });
    await using run = await startClaude(project, 'claude-denied', { flags: { attempts: 1 } });
    expect(await run.ended).toBe(1);
    expect(run.all('iteration.finished')).toMatchObject([
      { end: 'no_closing_word', fate: 'failed', counted: true },
    ]);
    expect(run.all('salvage.created')).toHaveLength(1);
  });

  test('a limit that claude tells does not count as an attempt', async () => {
    await using project = await makeGitProject({ files: GATED });
    const [task] = await fileTasks(project, { title: 'One' });
    await using run = await startClaude(project, 'claude-429-quota', {
      flags: { jobs: 2, max_iter: 1 },
      env: { FAKE_CLAUDE_EXIT: '1' },
    });
    await run.ended;
    expect(run.all('iteration.finished')).toMatchObject([
      { end: 'usage_limit', fate: 'open again', counted: false },
    ]);
    expect((await queueOf(project).show(task!))?.status).toBe('open');
  });
});

describe('the program of a run with claude', () => {
  test('is relative to home when it has a slash', async () => {
    await using project = await makeGitProject({ files: { ...GATED, '.gitignore': 'my claude\n' } });
    await copyFile(FAKE, join(project.path, 'my claude'));
    await chmod(join(project.path, 'my claude'), 0o755);
    await fileTasks(project, { title: 'One' });
    await using run = await startClaude(project, 'claude-stream', {
      env: { HEW_LOOP_CLAUDE_BIN: './my claude' },
    });
    expect(await run.ended).toBe(0);
  });

  test('is looked for before anything is claimed', async () => {
    await using project = await makeGitProject({ files: GATED });
    const [task] = await fileTasks(project, { title: 'One' });
    const start = startClaude(project, 'claude-stream', { env: { HEW_LOOP_CLAUDE_BIN: './none' } });
    await expect(start).rejects.toMatchObject({
      problems: [expect.stringMatching(/^HEW_LOOP_CLAUDE_BIN cannot be started: .*\/project\/none;/)],
    });
    expect((await queueOf(project).show(task!))?.status).toBe('open');
  });

  test('a runtime that there is none of is refused, naming those that there are', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTasks(project, { title: 'One' });
    const start = startClaude(project, 'claude-stream', { flags: { runtime: ['cobol'] } });
    await expect(start).rejects.toMatchObject({
      problems: ['There is no runtime "cobol". There are: claude, codex, command.'],
    });
  });
});
