import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import type { AgentProgram } from '../../source/engine/agents/agent-program.js';
import { claude } from '../../source/engine/agents/claude.js';
import { codex } from '../../source/engine/agents/codex.js';
import { ProgramAgent } from '../../source/engine/agents/program-agent.js';
import { askVersion } from '../../source/engine/doctor/ask-version.js';
import { runIdSchema, taskIdSchema } from '../../source/engine/ids.js';
import { type AgentSettings, NO_AGENT_SETTINGS } from '../../source/engine/agent-settings.js';
import type { AgentLine, AgentRequest, AgentResult } from '../../source/engine/ports.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { temporaryFolder } from '../temporary-folder.js';
import { startModelServer, startRefusingServer } from './model-server.js';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const WORDS = 'Done: added greeting.txt.\nclosed app-1';
const COMMIT =
  'echo hello > greeting.txt && git add greeting.txt && git -c user.name=a -c user.email=a@b.invalid commit -q -m "Add greeting"';
let marks = 0;

interface RealRun {
  readonly agent: ProgramAgent;
  readonly result: AgentResult;
  readonly lines: readonly AgentLine[];
}

interface RealRunOptions {
  readonly settings?: Partial<AgentSettings>;
  readonly env?: Readonly<Record<string, string>>;
  readonly request?: Partial<AgentRequest>;
}

/** Runs the real program in a linked worktree, with an environment that has nothing of this machine but PATH. */
async function runReal(
  program: AgentProgram,
  project: GitProject,
  { settings, env = {}, request }: RealRunOptions,
): Promise<RealRun> {
  await using folder = await temporaryFolder();
  await mkdir(folder.at('home'));
  await project.git('worktree', 'add', '--quiet', '-b', 'work', folder.at('worktree'));
  const git = async (...args: readonly string[]): Promise<string> =>
    (await project.git('-C', folder.at('worktree'), 'rev-parse', '--path-format=absolute', ...args)).trim();
  const named = { [program.variable]: process.env[program.variable] ?? '' };
  const agent = new ProgramAgent(program, {
    settings: { ...NO_AGENT_SETTINGS, ...settings },
    prices: {},
    model: null,
    home: folder.at('home'),
    env: { PATH, ...named },
  });
  const lines: AgentLine[] = [];
  const result = await agent.run(
    {
      run: runIdSchema.parse('loop-20261123T000000Z-0123abcd'),
      task: taskIdSchema.parse('app-1'),
      prompt: 'Add greeting.txt and commit it.',
      cwd: folder.at('worktree'),
      env: { PATH, HOME: folder.at('home'), ...env },
      mark: `HEW_MARK_${process.pid.toString(16)}=r${(marks += 1)}`,
      model: null,
      git_dir: await git('--git-dir'),
      common_dir: await git('--git-common-dir'),
      budget_usd: null,
      stall_ms: null,
      log: folder.at('agent.jsonl'),
      ...request,
    },
    { line: (line) => void lines.push(line), usage: () => undefined, quiet: () => undefined },
    new AbortController().signal,
  );
  return { agent, result, lines };
}

async function versionOf(program: AgentProgram): Promise<unknown> {
  const file = process.env[program.variable] ?? '';
  const options = { prices: {}, model: null, home: '/', env: { PATH, [program.variable]: file } };
  const found = await new ProgramAgent(program, { ...options, settings: NO_AGENT_SETTINGS }).file();
  return askVersion(found ?? file, ['--version'], { PATH });
}

describe.skipIf(!process.env[claude.variable])('the real claude', () => {
  const env = (address: string) => ({
    ANTHROPIC_BASE_URL: address,
    ANTHROPIC_API_KEY: 'sk-ant-made-up',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '1',
  });

  test('tells its version', async () => {
    expect(await versionOf(claude)).toMatchObject({ kind: 'told' });
  });

  test('takes every flag that hew gives, works, and is read rightly', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'a' } });
    await using server = await startModelServer([{ command: COMMIT }, { words: WORDS }]);
    const { result, lines } = await runReal(claude, project, {
      env: env(server.address),
      request: { model: 'sonnet', budget_usd: 5 },
    });
    expect(result).toMatchObject({
      failure: null,
      closing: { kind: 'closed' },
      exit_code: 0,
      tokens: { input: 240, output: 80, cache_read: 8000, cache_create: 600 },
      cost_usd: expect.any(Number),
      tool_calls: ['Bash'],
    });
    expect(lines).toContainEqual({
      kind: 'tool',
      text: expect.stringMatching(/^Bash echo hello > greeting/),
    });
    expect(await project.git('show', 'work:greeting.txt')).toBe('hello');
  });

  test('edits files in its worktree and is denied those outside', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'a' } });
    const write = (file_path: string) => ({ tool: 'Write', input: { file_path, content: 'hello' } });
    await using server = await startModelServer([
      write(join(project.path, 'outside.txt')),
      write('inside.txt'),
      { command: 'git add . && git -c user.name=a -c user.email=a@b.invalid commit -q -m "Add inside"' },
      { words: WORDS },
    ]);
    const { result, lines } = await runReal(claude, project, { env: env(server.address) });
    expect(result).toMatchObject({ failure: null, tool_calls: ['Write', 'Write', 'Bash'] });
    expect(lines.filter(({ kind }) => kind === 'error')).not.toEqual([]);
    expect(await project.git('show', 'work:inside.txt')).toBe('hello');
    await expect(access(join(project.path, 'outside.txt'))).rejects.toThrow('ENOENT');
  });

  test('keeps to the budget of an iteration, and is told to have ended by it', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'a' } });
    await using server = await startModelServer([{ command: 'true' }, { words: WORDS }]);
    const { result } = await runReal(claude, project, {
      env: env(server.address),
      request: { budget_usd: 0.000001 },
    });
    expect(result.failure).toMatchObject({ kind: 'iteration_budget' });
  });

  test('a login that the server refuses is told as that, with how to log in', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'a' } });
    await using server = await startRefusingServer();
    const { result } = await runReal(claude, project, { env: env(server.address) });
    expect(result.failure).toMatchObject({
      kind: 'authentication',
      message: expect.stringContaining('To log in: start claude'),
    });
    expect(server.requests).not.toEqual([]);
  });
});

describe.skipIf(!process.env[codex.variable])('the real codex', () => {
  const settings = (address: string): Partial<AgentSettings> => ({
    model: 'gpt-5.5',
    args: [
      '-c',
      'model_provider="loopback"',
      '-c',
      `model_providers.loopback={name="loopback",base_url="${address}/v1",wire_api="responses",env_key="MADE_UP_KEY",request_max_retries=0,stream_max_retries=0}`,
    ],
    env: { MADE_UP_KEY: 'made-up' },
  });

  test('tells its version', async () => {
    expect(await versionOf(codex)).toMatchObject({ kind: 'told' });
  });

  test('is started as its native program', async () => {
    const options = {
      prices: {},
      model: null,
      home: '/',
      env: { PATH, [codex.variable]: process.env[codex.variable] ?? '' },
    };
    const file = await new ProgramAgent(codex, { ...options, settings: NO_AGENT_SETTINGS }).file();
    expect(file).not.toMatch(/\.js$/);
  });

  test('takes every flag that hew gives, commits from inside its sandbox, and is read rightly', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'a' } });
    await using server = await startModelServer([{ command: COMMIT }, { words: WORDS }]);
    const { result, lines } = await runReal(codex, project, { settings: settings(server.address) });
    expect(result).toMatchObject({
      failure: null,
      closing: { kind: 'closed' },
      exit_code: 0,
      tokens: { input: 2000, output: 80, cache_read: 8000, cache_create: 0 },
      cost_usd: null,
      model: 'gpt-5.5',
      tool_calls: ['Bash'],
    });
    expect(lines).toContainEqual({
      kind: 'tool',
      text: expect.stringMatching(/^Bash echo hello > greeting/),
    });
    expect(await project.git('show', 'work:greeting.txt')).toBe('hello');
  });

  test('a login that the server refuses is told as that, with how to log in', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'a' } });
    await using server = await startRefusingServer();
    const { result } = await runReal(codex, project, { settings: settings(server.address) });
    expect(result.failure).toMatchObject({
      kind: 'authentication',
      message: expect.stringContaining('To log in: codex login'),
    });
    expect(server.requests).not.toEqual([]);
  });
});
