import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { AgentInterruption } from '../../../source/engine/agents/agent-interruption.js';
import { CommandAgent } from '../../../source/engine/agents/command-agent.js';
import { runIdSchema, taskIdSchema } from '../../../source/engine/ids.js';
import type { AgentLine, AgentResult, AgentUsage } from '../../../source/engine/ports.js';
import { processStart } from '../../../source/engine/processes/process-table.js';
import { temporaryFolder } from '../../temporary-folder.js';

const PATH = process.env['PATH'] ?? '';
const RECORDINGS = new URL('../../recordings/', import.meta.url).pathname;
let marks = 0;

interface RunOptions {
  /** Files of home, by name; they can be run. */
  readonly files?: Readonly<Record<string, string>>;
  readonly prompt?: string;
  readonly model?: string;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: AgentLine) => void;
}

/** Runs an agent command with home and worktree beside each other in a folder of its own. */
async function run(
  command: string,
  { files = {}, prompt = 'Do it.', model, signal, onLine }: RunOptions = {},
) {
  await using folder = await temporaryFolder();
  for (const place of ['home', 'worktree']) await mkdir(folder.at(place));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(folder.at('home', name), text);
    await chmod(folder.at('home', name), 0o755);
  }
  const agent = new CommandAgent({
    command,
    runtime: 'command',
    home: folder.at('home'),
    path: PATH,
    graceMs: 100,
  });
  const lines: AgentLine[] = [];
  const usages: AgentUsage[] = [];
  const result = await agent.run(
    {
      run: runIdSchema.parse('loop-20261123T000000Z-0123abcd'),
      task: taskIdSchema.parse('app-1'),
      prompt,
      cwd: folder.at('worktree'),
      env: { PATH },
      mark: `HEW_MARK_${process.pid.toString(16)}=a${(marks += 1)}`,
      model: model ?? null,
      git_dir: '/nowhere/.git',
      common_dir: '/nowhere/.git',
      budget_usd: null,
      stall_ms: null,
      log: folder.at('agent.jsonl'),
    },
    {
      line: onLine ?? ((line) => void lines.push(line)),
      usage: (usage) => void usages.push(usage),
      quiet: () => undefined,
    },
    signal ?? new AbortController().signal,
  );
  const log = await readFile(folder.at('agent.jsonl'), 'utf8');
  return { result, lines, usages, log, missing: await agent.check(), folder: folder.path };
}

function ended(fields: Partial<AgentResult>): object {
  return {
    failure: null,
    closing: null,
    exit_code: 0,
    stderr_tail: '',
    tool_calls: [],
    decisions: [],
    ...fields,
  };
}

describe('CommandAgent with plain text', () => {
  test('gives the prompt on stdin and reads the closing word and the notes', async () => {
    const { result, lines, log, missing } = await run('cat; echo "decision: none"; echo "closed app-1"', {
      prompt: 'line one\n$(touch injected) `x`\n',
    });
    expect(result).toMatchObject(ended({ closing: { kind: 'closed' }, decisions: ['none'] }));
    expect(result).toMatchObject({ cost_usd: null, model: null });
    expect(lines.map(({ text }) => text)).toEqual([
      'line one',
      '$(touch injected) `x`',
      'decision: none',
      'closed app-1',
    ]);
    expect(log).toBe('line one\n$(touch injected) `x`\ndecision: none\nclosed app-1\n');
    expect(missing).toBeNull();
  });

  test('understands the quotes and arguments of a shell', async () => {
    const { lines } = await run(`printf '%s|' "a b" c\\ d '$HOME'; A=1 sh -c 'echo "[$A]"'`);
    expect(lines.map(({ text }) => text)).toEqual(['a b|c d|$HOME|[1]']);
  });

  test('tells the model that is asked for, if one is', async () => {
    const asked = await run('echo "[${HEW_MODEL-none}]"', { model: 'small' });
    expect(asked.lines).toEqual([{ kind: 'text', text: '[small]' }]);
    expect((await run('echo "[${HEW_MODEL-none}]"')).lines).toEqual([{ kind: 'text', text: '[none]' }]);
  });

  test('ends well without a closing word, which is for others to judge', async () => {
    expect((await run('echo "closed app-2"')).result).toMatchObject(ended({ closing: null }));
  });

  test('tells what blocks a task', async () => {
    expect((await run('echo "blocked app-1: no key"')).result).toMatchObject(
      ended({ closing: { kind: 'blocked', why: 'no key' } }),
    );
  });

  test('another exit is a crash, whatever was said before', async () => {
    const { result, lines } = await run('echo closed app-1; printf "\\033[31mit broke\\007\\n" >&2; exit 3');
    expect(result).toMatchObject({
      failure: { kind: 'crashed', message: 'the agent exited with 3: it broke', resets_at: null },
      exit_code: 3,
      stderr_tail: 'it broke',
    });
    expect(lines).toContainEqual({ kind: 'error', text: 'it broke' });
  });

  test('a signal is a crash', async () => {
    expect((await run('kill -SEGV $$')).result).toMatchObject({
      failure: { kind: 'killed', message: 'the agent was ended by SIGSEGV' },
      exit_code: null,
    });
  });

  test('a used-up limit is told from plain text too, but only by a failure', async () => {
    const sentence = `echo "You've hit your limit · resets 3pm (Europe/Rome)"`;
    expect((await run(`${sentence}; exit 1`)).result.failure).toMatchObject({
      kind: 'usage_limit',
      resets_at: expect.stringMatching(/T1[34]:00:00/),
    });
    expect((await run(sentence)).result.failure).toBeNull();
  });

  test('keeps the last 2000 characters of stderr', async () => {
    const { result } = await run('seq 1 2000 >&2');
    expect(result.stderr_tail.length).toBeLessThanOrEqual(2000);
    expect(result.stderr_tail.endsWith('\n1999\n2000')).toBe(true);
  });
});

describe('CommandAgent with a Claude-shaped stream', () => {
  test('tells usage, tools and the closing word of the result', async () => {
    const { result, usages } = await run(
      `sed 's/Done: added greeting.txt and committed it\\./Done.\\\\nclosed app-1/' ${RECORDINGS}claude-stream.jsonl`,
    );
    expect(result).toMatchObject(ended({ closing: { kind: 'closed' }, tool_calls: ['Write', 'Bash'] }));
    const usage = {
      tokens: { input: 360, output: 120, cache_read: 12_000, cache_create: 900 },
      cost_usd: 0.009855,
      model: 'claude-sonnet-4-5',
    };
    expect(result).toMatchObject(usage);
    expect(usages.at(-1)).toEqual(usage);
  });

  test.each([
    ['claude-429', 'rate_limit'],
    ['claude-429-quota', 'usage_limit'],
    ['claude-500', 'server'],
    ['claude-maxturns', 'unknown'],
  ])('%s is told as %s, whatever the exit code', async (name, kind) => {
    expect((await run(`cat ${RECORDINGS}${name}.jsonl; exit 1`)).result.failure).toMatchObject({ kind });
    expect((await run(`cat ${RECORDINGS}${name}.jsonl`)).result.failure).toMatchObject({ kind });
  });

  test('a stream and plain text may be mixed', async () => {
    const { result } = await run(`cat ${RECORDINGS}claude-stream.jsonl; echo "closed app-1"`);
    expect(result).toMatchObject(ended({ closing: { kind: 'closed' }, tool_calls: ['Write', 'Bash'] }));
  });
});

describe('the program of a CommandAgent', () => {
  test('a relative program is that of home, though the agent works in the worktree', async () => {
    const files = { 'my agent.sh': '#!/bin/sh\npwd\necho "$1"\n' };
    const { lines, missing } = await run(`A=1 './my agent.sh' "it's"`, { files });
    expect(lines.map(({ text }) => text)).toEqual([expect.stringMatching(/\/worktree$/), "it's"]);
    expect(missing).toBeNull();
  });

  test.each(['no-such-agent -p', './no-such-agent.sh', 'X=1 no-such-agent', '/no/such/agent'])(
    '%s is missing, and said so before and after',
    async (command) => {
      const { result, missing } = await run(command);
      expect(missing).toMatch(/no-such-agent|\/no\/such\/agent/);
      expect(result).toMatchObject({ failure: { kind: 'program_missing' }, exit_code: 127, closing: null });
    },
  );

  test('a file that may not be executed is missing', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.at('agent.sh'), 'echo');
    const agent = new CommandAgent({ command: './agent.sh', runtime: 'command', home: folder.path });
    expect(await agent.check()).toContain(`chmod +x '${folder.at('agent.sh')}'`);
  });

  test("what is a shell's own is not looked for, and an agent's own 127 is a crash", async () => {
    const files = { 'agent.sh': '#!/bin/sh\nno-such-program\n' };
    const { result, missing } = await run('if true; then exec ./agent.sh; fi', { files });
    expect(missing).toBeNull();
    expect(result.failure?.kind).toBe('program_missing');
    const own = await run('./agent.sh', { files });
    expect(own.result).toMatchObject({ failure: { kind: 'crashed' }, exit_code: 127 });
    expect((await run('$NOTHING true')).missing).toBeNull();
  });
});

describe('a CommandAgent that is interrupted', () => {
  test.each([
    [new AgentInterruption('iteration_timeout'), 'iteration_timeout'],
    [new AgentInterruption('stalled', 'silent for 10 minutes'), 'stalled'],
    [undefined, 'aborted'],
  ])('fails as the reason says: %s', async (reason, kind) => {
    const abort = new AbortController();
    const pids: number[] = [];
    const { result } = await run(`trap '' TERM; echo $$; echo 'closed app-1'; exec sleep 600`, {
      signal: abort.signal,
      onLine: ({ text }) => {
        if (/^\d+$/.test(text)) pids.push(Number(text));
        else abort.abort(reason);
      },
    });
    expect(result.failure).toMatchObject({ kind, message: expect.stringMatching(/./) });
    expect(await Promise.all(pids.map((pid) => processStart(pid)))).toEqual([null]);
  });

  test('is not started once the signal has aborted', async () => {
    const { result, log } = await run('echo started', { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ failure: { kind: 'aborted' }, exit_code: null });
    expect(log).toBe('');
  });

  test('what it leaves running does not hold it up', async () => {
    const { result } = await run(`(setsid sh -c 'trap "" TERM; exec sleep 600' &) ; echo closed app-1`);
    expect(result).toMatchObject(ended({ closing: { kind: 'closed' } }));
  });
});

describe('a CommandAgent that floods', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1024 / 1024;
  };

  test('holds little of a line of 50 MB', async () => {
    const before = held();
    let most = 0;
    const { result, log } = await run(`head -c 50000000 /dev/zero | tr '\\0' x; echo; echo 'closed app-1'`, {
      onLine: () => (most = Math.max(most, held())),
    });
    expect(result).toMatchObject(ended({ closing: { kind: 'closed' } }));
    expect(log.length).toBe(50_000_000 + '\nclosed app-1\n'.length);
    // The 4 MB that are passed on of a line lie there several times, as bytes and as text: the line itself would be more.
    expect(most - before).toBeLessThan(40);
  });

  test('holds little of a million lines', async () => {
    const before = held();
    let count = 0;
    let most = 0;
    const { result } = await run(
      `yes 'a line of output, again and again' | head -n 1000000; echo 'closed app-1'`,
      {
        onLine: () => {
          count += 1;
          if (count % 250_000 === 0) most = Math.max(most, held());
        },
      },
    );
    expect(result).toMatchObject(ended({ closing: { kind: 'closed' } }));
    expect(count).toBe(1_000_001);
    expect(most - before).toBeLessThan(25);
  });
});
