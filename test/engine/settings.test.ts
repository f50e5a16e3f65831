import { mkdir, rm, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSettings, readSettings, resolveSettings } from '../../source/engine/settings.js';
import { type LoopSettings, loopSettingsSchema } from '../../source/engine/settings-schema.js';
import { temporaryFolder } from '../temporary-folder.js';

/** What a run has where nobody says anything, by the names of `[loop]`. */
const DEFAULTS: Record<keyof LoopSettings, unknown> = {
  jobs: 4,
  attempts: 2,
  runtime: ['claude'],
  fallback_runtime: null,
  fallback_cooldown_iters: 3,
  agent_command: null,
  model: { by_priority: {}, by_type: {}, default: null },
  skill: null,
  max_iter: null,
  budget_tokens: null,
  budget_cost: null,
  budget_wall: null,
  iteration_budget_cost: null,
  iteration_timeout: 60 * 60_000,
  stall_timeout: 20 * 60_000,
  stop_file: null,
  on_hangup: 'continue',
  scope: 'ready',
  epic: null,
};

const count = fc.integer({ min: 1, max: 16 });
const word = fc.string({ minLength: 1 });
/** Any part of `[loop]`, as the schema gives it: what was not said is not there. */
const loopSettings: fc.Arbitrary<LoopSettings> = fc.record(
  {
    jobs: count,
    attempts: count,
    runtime: fc.array(word, { minLength: 1, maxLength: 3 }),
    fallback_runtime: word,
    fallback_cooldown_iters: count,
    agent_command: word,
    skill: word,
    max_iter: count,
    budget_tokens: count,
    budget_cost: count,
    budget_wall: count,
    iteration_budget_cost: count,
    iteration_timeout: count,
    stall_timeout: count,
    stop_file: word,
    on_hangup: fc.constantFrom('continue', 'drain', 'abort'),
  },
  { requiredKeys: [] },
);

function problemsOf(text: string): string[] {
  try {
    parseSettings(text);
  } catch (error) {
    if (error instanceof Error && error.name === 'SettingsError') return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseSettings', () => {
  it('reads every setting', () => {
    const file = parseSettings(`
      [gate]
      test = "npm test"
      lint = "npm run lint"
      timeout = "10m"
      [worktree]
      setup = false
      copy = [".env", "config/*.local"]
      link = ["node_modules"]
      [limits]
      min_free_disk = "2GB"
      [notify]
      command = ["notify-send", "hew", ""]
      [loop]
      jobs = 8
      attempts = 3
      runtime = "command"
      fallback_runtime = "claude"
      fallback_cooldown_iters = 5
      agent_command = "./agent.sh"
      skill = "docs/skill.md"
      iteration_budget_cost = 0.5
      model = "sonnet"
      max_iter = 20
      budget_tokens = 1_000_000
      budget_cost = 2.5
      budget_wall = "1h30m"
      iteration_timeout = "20m"
      stop_file = "STOP"
      on_hangup = "drain"
      scope = "epics"
      epic = "app-9"
      [agents.claude]
      bin = "./claude"
      args = ["--verbose"]
      model = "opus"
      allowed_tools = ["Bash(git:*)", "WebFetch"]
      env = { ANTHROPIC_BASE_URL = "http://localhost:4000" }
      [agents.codex]
      model = "gpt-5.5"
      [prices."gpt-5.5"]
      input = 1.25
      output = 10
      cache_read = 0.125
    `);
    expect(resolveSettings(file, {})).toEqual({
      gate: { test: 'npm test', lint: 'npm run lint', timeout_ms: 600_000 },
      worktree: { setup: false, copy: ['.env', 'config/*.local'], link: ['node_modules'] },
      limits: { min_free_disk: 2_000_000_000 },
      notify: { command: ['notify-send', 'hew', ''] },
      loop: {
        jobs: 8,
        attempts: 3,
        runtimes: ['command'],
        fallback_runtime: 'claude',
        fallback_cooldown_iterations: 5,
        agent_command: './agent.sh',
        models: { by_priority: {}, by_type: {}, default: 'sonnet' },
        skill: 'docs/skill.md',
        limits: { max_iter: 20, budget_tokens: 1_000_000, budget_cost: 2.5, budget_wall_ms: 5_400_000 },
        iteration_budget_usd: 0.5,
        iteration_timeout_ms: 1_200_000,
        stall_timeout_ms: 1_200_000,
        stop_file: 'STOP',
        on_hangup: 'drain',
        scope: 'epics',
        epic: 'app-9',
      },
      agents: {
        claude: {
          bin: './claude',
          args: ['--verbose'],
          model: 'opus',
          allowed_tools: ['Bash(git:*)', 'WebFetch'],
          env: { ANTHROPIC_BASE_URL: 'http://localhost:4000' },
        },
        codex: { bin: null, args: [], model: 'gpt-5.5', allowed_tools: null, env: {} },
      },
      prices: { 'gpt-5.5': { input: 1.25, output: 10, cache_read: 0.125, cache_create: 1.25 } },
    });
  });

  it('names a key that is no setting, and the one that was meant', () => {
    expect(problemsOf('[gate]\ntset = "x"')).toEqual([
      '.hew.toml: gate.tset is not a setting; did you mean test?',
    ]);
    expect(problemsOf('[loop]\nagent-command = "x"')).toEqual([
      '.hew.toml: loop.agent-command is not a setting; did you mean agent_command?',
    ]);
    expect(problemsOf('[worktree]\ntest = "x"')).toEqual([
      '.hew.toml: worktree.test is not a setting; did you mean test below [gate]?',
    ]);
    expect(problemsOf('[gate]\ncolour = "x"')).toEqual([
      '.hew.toml: gate.colour is not a setting; [gate] has test, lint, timeout',
    ]);
    expect(problemsOf('[gates]\ntest = "x"')).toEqual([
      '.hew.toml: gates is not a section; did you mean [gate]?',
    ]);
    expect(problemsOf('jobs = 3')).toEqual([
      '.hew.toml: jobs is not a section; did you mean jobs below [loop]?',
    ]);
    expect(problemsOf('gate = "npm test"')).toEqual([
      '.hew.toml: gate must be a section: write [gate] on a line of its own, not "npm test"',
    ]);
  });

  it('names what is wrong in the sections of agents and prices, by the path to it', () => {
    expect(
      problemsOf(`
        [agents.cluade]
        bin = "x"
        [agents.claude]
        allowed-tools = ["Bash"]
        args = "--verbose"
        [agents.codex]
        allowed_tools = ["Bash"]
        model = "-m"
        env = { HEW_TASK_ID = "app-1", "a b" = "c", PORT = 80 }
        [prices."gpt-5.5"]
        input = -1
        ouput = 10
      `),
    ).toEqual([
      '.hew.toml: agents.claude.args = "--verbose" must be a list of texts, such as ["--verbose"]',
      '.hew.toml: agents.claude.allowed-tools is not a setting; did you mean allowed_tools?',
      '.hew.toml: agents.codex.model = "-m" must be the name of a model',
      '.hew.toml: agents.codex.env.HEW_TASK_ID must be left to hew',
      '.hew.toml: agents.codex.env."a b" must be the name of a variable',
      '.hew.toml: agents.codex.env.PORT = 80 must be text in quotes',
      '.hew.toml: agents.codex.allowed_tools is not a setting; did you mean allowed_tools below [agents.claude]?',
      '.hew.toml: agents.cluade is not a setting; did you mean claude?',
      '.hew.toml: prices."gpt-5.5".input = -1 must not be less than 0',
      '.hew.toml: prices."gpt-5.5".output is missing: it must be a number of dollars',
      '.hew.toml: prices."gpt-5.5".ouput is not a setting; did you mean output?',
    ]);
    expect(problemsOf('[agents]\nclaude = "opus"\n[prices]\ninput = 3')).toEqual([
      '.hew.toml: agents.claude must be a section: write [agents.claude] on a line of its own, not "opus"',
      '.hew.toml: prices.input must be a section: write [prices.input] on a line of its own, not 3',
    ]);
  });

  it('tells all problems at once', () => {
    const problems = problemsOf(`
      [gate]
      test = 3
      timeout = 30
      [worktree]
      setup = true
      copy = [".env", "../secret"]
      [loop]
      jobs = 17
      attempts = 1.5
      budget_cost = nan
      budget_wall = "soon"
    `);
    expect(problems).toEqual([
      '.hew.toml: gate.test = 3 must be text in quotes',
      '.hew.toml: gate.timeout = 30 needs a unit: write it like "30s", "90m" or "1h30m"',
      '.hew.toml: worktree.setup = true must be a command line in quotes, or false for none',
      '.hew.toml: worktree.copy[1] = "../secret" must be a path or glob inside the project, without "..", and not of .git or .hew',
      '.hew.toml: loop.jobs = 17 must be from 1 to 16',
      '.hew.toml: loop.attempts = 1.5 must be a whole number',
      '.hew.toml: loop.budget_cost = NaN must be a number of dollars',
      '.hew.toml: loop.budget_wall = "soon" is not a length of time: write it like "30s", "90m" or "1h30m"',
    ]);
  });

  it.each([
    '/etc/passwd',
    '..',
    'a/../../b',
    '.git/config',
    'sub/.GIT/hooks',
    '.hew',
    '.HEW/tasks.jsonl',
    '.',
    'C:\\x',
    '',
  ])('refuses to copy or link %j', (path) => {
    expect(problemsOf(`[worktree]\nlink = [${JSON.stringify(path)}]`)).toHaveLength(1);
  });

  it('names the line of a syntax error', () => {
    const [problem, ...more] = problemsOf('[gate]\ntest = npm test\n');
    expect(problem).toMatch(/^\.hew\.toml: line 2, column \d+: not TOML: ./);
    expect(more).toEqual([]);
  });
});

describe('readSettings', () => {
  it('takes a missing file as saying nothing, and names one that cannot be read', async () => {
    await using home = await temporaryFolder();
    expect(await readSettings(home.path)).toEqual({});
    await writeFile(home.at('.hew.toml'), '[loop]\njobs = 2\n');
    expect(await readSettings(home.path)).toEqual({ loop: { jobs: 2 } });
    await rm(home.at('.hew.toml'));
    await mkdir(home.at('.hew.toml'));
    await expect(readSettings(home.path)).rejects.toThrow(/^\.hew\.toml: cannot be read: EISDIR/);
  });
});

describe('resolveSettings', () => {
  it('has defaults', () => {
    const { gate, worktree, loop } = resolveSettings({}, {});
    expect(gate).toEqual({ test: null, lint: null, timeout_ms: 30 * 60_000 });
    expect(worktree).toEqual({ setup: null, copy: [], link: [] });
    expect(loop).toMatchObject({ jobs: 4, attempts: 2, iteration_timeout_ms: 60 * 60_000, stop_file: null });
    expect(Object.values(loop.limits)).toEqual([null, null, null, null]);
  });

  it('lets a flag win over the file, and the file over the default, setting by setting', () => {
    fc.assert(
      fc.property(loopSettings, loopSettings, (inFile, asFlags) => {
        const { limits, ...loop } = resolveSettings({ loop: inFile }, asFlags).loop;
        const {
          iteration_timeout_ms,
          stall_timeout_ms,
          iteration_budget_usd,
          fallback_cooldown_iterations,
          runtimes,
          models,
          ...others
        } = loop;
        const { budget_wall_ms, ...otherLimits } = limits;
        const resolved = {
          ...others,
          ...otherLimits,
          iteration_timeout: iteration_timeout_ms,
          stall_timeout: stall_timeout_ms,
          budget_wall: budget_wall_ms,
          iteration_budget_cost: iteration_budget_usd,
          fallback_cooldown_iters: fallback_cooldown_iterations,
          runtime: runtimes,
          model: models,
        };
        const said = { ...inFile, ...asFlags };
        // Which runtime is meant where none is named has a test of its own.
        expect(resolved).toEqual({ ...DEFAULTS, ...said, runtime: runtimes });
        expect(asFlags.runtime ?? runtimes).toEqual(runtimes);
      }),
    );
  });

  it.each([
    [{}, {}, ['claude']],
    [{ agent_command: './a' }, {}, ['command']],
    [{}, { agent_command: './a' }, ['command']],
    [{ agent_command: './a' }, { runtime: ['claude'] }, ['claude']],
    [{ agent_command: './a', runtime: ['claude'] }, {}, ['claude']],
    [{ runtime: ['claude'] }, { agent_command: './a' }, ['command']],
    [{ runtime: ['claude'] }, { agent_command: './a', runtime: ['codex', 'claude'] }, ['codex', 'claude']],
  ])('with %j in the file and the flags %j the runtimes are %s', (inFile, asFlags, runtimes) => {
    expect(resolveSettings({ loop: inFile }, asFlags).loop.runtimes).toEqual(runtimes);
  });

  it.each([
    ['runtime = "claude, codex"', ['claude', 'codex']],
    ['runtime = ["claude", "codex", "claude"]', ['claude', 'codex', 'claude']],
  ])('reads %s', (line, runtimes) => {
    expect(parseSettings(`[loop]\n${line}`).loop?.runtime).toEqual(runtimes);
  });

  it.each(['runtime = "claude,"', 'runtime = []', 'runtime = 3'])('refuses %s', (line) => {
    expect(problemsOf(`[loop]\n${line}`)).toHaveLength(1);
  });

  it('reads which model is for which tasks; a flag takes the place of the default alone', () => {
    const file = parseSettings(
      '[loop.model]\ndefault = "haiku"\nby_priority.P0 = "opus"\nby_type.bug = "sonnet"',
    );
    const rules = { by_priority: { P0: 'opus' }, by_type: { bug: 'sonnet' } };
    expect(resolveSettings(file, {}).loop.models).toEqual({ ...rules, default: 'haiku' });
    const flags = { model: { default: 'fable' } };
    expect(resolveSettings(file, flags).loop.models).toEqual({ ...rules, default: 'fable' });
  });

  it('refuses a model that a program would take for a flag', () => {
    expect(problemsOf('[loop]\nmodel = "--help"')).toEqual([
      '.hew.toml: loop.model = "--help" must be the name of a model, or have default, by_priority (P0 to P4) and by_type',
    ]);
  });

  it('checks flags by the same rules', () => {
    expect(loopSettingsSchema.parse({ jobs: 3, budget_wall: '90m' })).toEqual({
      jobs: 3,
      budget_wall: 5_400_000,
    });
    expect(loopSettingsSchema.safeParse({ jobs: Number.NaN }).success).toBe(false);
  });
});
