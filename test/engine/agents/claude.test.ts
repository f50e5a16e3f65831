import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AgentInterruption } from '../../../source/engine/agents/agent-interruption.js';
import { claude } from '../../../source/engine/agents/claude.js';
import { ProgramAgent } from '../../../source/engine/agents/program-agent.js';
import { runIdSchema, taskIdSchema } from '../../../source/engine/ids.js';
import { NO_AGENT_SETTINGS } from '../../../source/engine/agent-settings.js';
import type { AgentLine, AgentUsage } from '../../../source/engine/ports.js';
import { temporaryFolder } from '../../temporary-folder.js';

const PATH = process.env['PATH'] ?? '';
const FAKE = new URL('../../fixtures/fake-claude.mjs', import.meta.url).pathname;
const recording = (name: string): string =>
  new URL(`../../recordings/${name}.jsonl`, import.meta.url).pathname;
const heardSchema = z.object({
  argv: z.array(z.string()),
  messages: z.array(z.unknown()),
  env: z.record(z.string(), z.string()),
});
let marks = 0;

interface RunOptions {
  readonly program?: string | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly prompt?: string;
  readonly model?: string;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: AgentLine) => void;
}

/** The adapter with the program that its variable names; null for the one on PATH. */
function claudeAgent(program: string | null, home: string, path: string): ProgramAgent {
  const env = { PATH: path, ...(program === null ? {} : { HEW_LOOP_CLAUDE_BIN: program }) };
  return new ProgramAgent(claude, {
    settings: NO_AGENT_SETTINGS,
    prices: {},
    model: null,
    home,
    env,
    graceMs: 100,
  });
}

/** Runs the adapter with home and worktree beside each other; home has the fake as `bin/claude`. */
async function run({ program = 'bin/claude', env = {}, prompt = 'Do it.', ...rest }: RunOptions = {}) {
  await using folder = await temporaryFolder();
  for (const place of ['home/bin', 'worktree']) await mkdir(folder.at(place), { recursive: true });
  await copyFile(FAKE, folder.at('home', 'bin', 'claude'));
  await chmod(folder.at('home', 'bin', 'claude'), 0o755);
  const path = `${folder.at('home', 'bin')}:${PATH}`;
  const agent = claudeAgent(program, folder.at('home'), path);
  const lines: AgentLine[] = [];
  const usages: AgentUsage[] = [];
  const result = await agent.run(
    {
      run: runIdSchema.parse('loop-20261123T000000Z-0123abcd'),
      task: taskIdSchema.parse('app-1'),
      prompt,
      cwd: folder.at('worktree'),
      env: { PATH: path, FAKE_CLAUDE_HEARD: folder.at('heard.json'), ...env },
      mark: `HEW_MARK_${process.pid.toString(16)}=c${(marks += 1)}`,
      model: rest.model ?? null,
      git_dir: folder.at('home', '.git', 'worktrees', '0'),
      common_dir: folder.at('home', '.git'),
      budget_usd: null,
      stall_ms: null,
      log: folder.at('agent.jsonl'),
    },
    {
      line: rest.onLine ?? ((line) => void lines.push(line)),
      usage: (usage) => void usages.push(usage),
      quiet: () => undefined,
    },
    rest.signal ?? new AbortController().signal,
  );
  const heard = async () => heardSchema.parse(JSON.parse(await readFile(folder.at('heard.json'), 'utf8')));
  return {
    result,
    lines,
    usages,
    log: await readFile(folder.at('agent.jsonl'), 'utf8'),
    heard: result.failure?.kind === 'program_missing' ? null : await heard(),
  };
}

const replay = (name: string, exit = 0): Record<string, string> => ({
  FAKE_CLAUDE_REPLAY: recording(name),
  FAKE_CLAUDE_EXIT: String(exit),
});

describe('claude', () => {
  test('starts claude unattended, with the prompt as one message on stdin', async () => {
    const prompt = `a line\n"quoted" ünïcode \u2028\n${'x'.repeat(300_000)}`;
    const { result, heard } = await run({ env: replay('claude-stream'), prompt });
    expect(result).toMatchObject({ failure: null, closing: { kind: 'closed' }, exit_code: 0 });
    expect(heard?.argv).toEqual(
      '-p --input-format stream-json --output-format stream-json --verbose --permission-mode acceptEdits --allowedTools Bash'.split(
        ' ',
      ),
    );
    expect(heard?.messages).toEqual([{ type: 'user', message: { role: 'user', content: prompt } }]);
  });

  test('passes the model on', async () => {
    const { heard } = await run({ env: replay('claude-stream'), model: 'opus' });
    expect(heard?.argv.slice(-2)).toEqual(['--model', 'opus']);
  });

  test('passes the tools of the settings on, and how much the iteration may cost', () => {
    const request = {
      cwd: '/w',
      model: null,
      git_dir: '/g',
      common_dir: '/g',
      task: taskIdSchema.parse('app-1'),
    };
    const after = (flag: string, argv: readonly string[]) => argv.slice(argv.indexOf(flag));
    expect(
      after(
        '--allowedTools',
        claude.arguments(
          { ...request, budget_usd: 1.5 },
          { ...NO_AGENT_SETTINGS, allowed_tools: ['Bash(git:*)', 'WebFetch'] },
        ),
      ),
    ).toEqual(['--allowedTools', 'Bash(git:*)', 'WebFetch', '--max-budget-usd', '1.5']);
    const none = { ...NO_AGENT_SETTINGS, allowed_tools: [] };
    expect(claude.arguments({ ...request, budget_usd: null }, none)).not.toContain('--allowedTools');
  });

  test('does not look like the child of another session, nor stays up for background commands', async () => {
    const { heard } = await run({
      env: {
        ...replay('claude-stream'),
        CLAUDECODE: '1',
        CLAUDE_CODE_SESSION_ID: 'x',
        CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '0',
        CLAUDE_CODE_MAX_RETRIES: '3',
      },
    });
    expect(Object.keys(heard?.env ?? {})).not.toContain('CLAUDECODE');
    expect(Object.keys(heard?.env ?? {})).not.toContain('CLAUDE_CODE_SESSION_ID');
    expect(heard?.env).toMatchObject({
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_MAX_RETRIES: '3',
    });
  });

  test('tells tokens, cost, model and the calls of tools as they come', async () => {
    const { result, lines, usages, log } = await run({ env: replay('claude-stream') });
    const usage = {
      tokens: { input: 360, output: 120, cache_read: 12_000, cache_create: 900 },
      cost_usd: 0.009855,
      model: 'claude-sonnet-4-5',
    };
    expect(result).toMatchObject({ ...usage, tool_calls: ['Write', 'Bash'] });
    expect(usages.at(-1)).toEqual(usage);
    expect(usages).toContainEqual(expect.objectContaining({ cost_usd: null, model: 'claude-sonnet-4-5' }));
    expect(lines.filter(({ kind }) => kind === 'tool').map(({ text }) => text)).toEqual([
      'Write greeting.txt',
      expect.stringContaining('Bash git add -A'),
    ]);
    expect(log).toContain('closed app-1');
  });

  test('takes the last of several results', async () => {
    const { result } = await run({ env: replay('claude-stream-background') });
    expect(result).toMatchObject({ failure: null, exit_code: 0 });
  });

  test.each([
    ['claude-429', 'rate_limit'],
    ['claude-429-quota', 'usage_limit'],
    ['claude-500', 'server'],
    ['claude-maxturns', 'unknown'],
    ['claude-budget', 'iteration_budget'],
  ])('%s is told as %s, whatever the exit code', async (name, kind) => {
    for (const exit of [0, 1]) {
      expect((await run({ env: replay(name, exit) })).result.failure).toMatchObject({ kind });
    }
  });

  test('what was denied is told, and is no failure by itself', async () => {
    const { result, lines } = await run({ env: replay('claude-denied') });
    expect(result.failure).toBeNull();
    expect(lines).toContainEqual({ kind: 'error', text: expect.stringContaining('denied') });
  });

  test('a good result and a bad exit code are a crash, and so is a good exit code without a result', async () => {
    expect((await run({ env: replay('claude-stream', 3) })).result.failure).toEqual({
      kind: 'crashed',
      message: 'the agent exited with 3',
      resets_at: null,
    });
    expect((await run()).result.failure).toEqual({
      kind: 'crashed',
      message: 'the agent exited with 0, but told no result',
      resets_at: null,
    });
  });

  test('ends with its whole set when it is interrupted', async () => {
    const abort = new AbortController();
    const { result } = await run({
      env: { ...replay('claude-stream'), FAKE_CLAUDE_HANGS: '1' },
      signal: abort.signal,
      onLine: ({ kind }) => {
        if (kind === 'tool') abort.abort(new AgentInterruption('iteration_timeout'));
      },
    });
    expect(result.failure).toMatchObject({ kind: 'iteration_timeout' });
    expect(result.model).toBe('claude-sonnet-4-5');
  });
});

describe('the program of claude', () => {
  test('is claude on PATH', async () => {
    expect((await run({ program: null, env: replay('claude-stream') })).result.failure).toBeNull();
  });

  test.each([
    [null, /^Claude Code is not installed: .*npm install --global @anthropic-ai\/claude-code/],
    [
      'no-such-claude',
      /^HEW_LOOP_CLAUDE_BIN cannot be started: there is no program "no-such-claude" on PATH/,
    ],
    ['./no such claude', /^HEW_LOOP_CLAUDE_BIN .* no executable file \/.*\/no such claude; .*chmod \+x/],
  ])('%s is missing, and said so before and after', async (program, said) => {
    await using folder = await temporaryFolder();
    expect(await claudeAgent(program, folder.path, folder.path).check()).toMatch(said);
    if (program === null) return;
    expect((await run({ program })).result.failure).toMatchObject({ kind: 'program_missing' });
  });

  test('must be executable, and may have spaces in its name', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.at('my claude'), '#!/bin/sh\n');
    const agent = claudeAgent('./my claude', folder.path, PATH);
    expect(await agent.check()).toContain(`chmod +x '${folder.at('my claude')}'`);
    await chmod(folder.at('my claude'), 0o755);
    expect(await agent.check()).toBeNull();
  });
});
