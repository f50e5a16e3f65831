import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { codex } from '../../../source/engine/agents/codex.js';
import { NO_AGENT_SETTINGS } from '../../../source/engine/agent-settings.js';
import { taskIdSchema } from '../../../source/engine/ids.js';
import { runAgent } from './agent-run.js';

const RECORDINGS = fileURLToPath(new URL('../../recordings/', import.meta.url));
const replay = (name: string): string => `cat > /dev/null; cat ${RECORDINGS}${name}.jsonl`;
const request = {
  cwd: '/w',
  model: null,
  git_dir: '/project/.git/worktrees/0',
  common_dir: '/project/.git',
  budget_usd: null,
  task: taskIdSchema.parse('app-1'),
};
const price = { input: 1.25, output: 10, cache_read: 0.125, cache_create: 1.25 };

describe('the arguments of codex', () => {
  test('open its sandbox for what a commit in a linked worktree writes, and for nothing else', () => {
    expect(codex.arguments({ ...request, model: 'gpt-5.5' }, NO_AGENT_SETTINGS)).toEqual(
      (
        'exec --json --skip-git-repo-check --sandbox workspace-write -C /w ' +
        '--add-dir /project/.git/worktrees/0 --add-dir /project/.git/objects ' +
        '--add-dir /project/.git/refs --add-dir /project/.git/logs -m gpt-5.5'
      ).split(' '),
    );
  });

  test('leave the repository of a main worktree closed, since its hooks would lie open', () => {
    const main = { ...request, git_dir: '/project/.git' };
    expect(codex.arguments(main, NO_AGENT_SETTINGS)).not.toContain('--add-dir');
  });

  test('end with those of the settings and the dash for stdin; the prompt arrives there', async () => {
    const { lines } = await runAgent(codex, 'for each; do printf "%s|" "$each"; done; echo; cat', {
      settings: { args: ['-c', 'a = "b c"'], model: 'gpt-5.5' },
    });
    expect(lines[0]?.text).toMatch(/\|-m\|gpt-5\.5\|-c\|a = "b c"\|-\|$/);
    expect(lines[1]?.text).toBe('Do it.');
  });
});

describe('codex', () => {
  test('ends well with a completed turn and 0; its cost is unknown, not 0, where no price is', async () => {
    const { agent, result, usages } = await runAgent(codex, replay('codex-stream'));
    expect(agent).toMatchObject({ runtime: 'codex', priced: false, caps_cost: false });
    expect(result).toMatchObject({
      failure: null,
      cost_usd: null,
      tokens: { input: 3000, output: 120, cache_read: 12_000, cache_create: 0 },
      tool_calls: ['Write', 'Bash'],
    });
    expect(usages.every(({ cost_usd }) => cost_usd === null)).toBe(true);
  });

  test('is priced by the table of the settings, by the model that was asked for', async () => {
    const { agent, result, usages } = await runAgent(codex, replay('codex-stream'), {
      settings: { model: 'gpt-5.5' },
      prices: { 'gpt-5.5': price },
    });
    expect(agent.priced).toBe(true);
    expect(result).toMatchObject({ cost_usd: 0.00645, model: 'gpt-5.5' });
    expect(usages.at(-1)).toMatchObject({ cost_usd: 0.00645, model: 'gpt-5.5' });
    const other = await runAgent(codex, replay('codex-stream'), {
      settings: { model: 'gpt-5.5' },
      prices: { 'gpt-5.5': price },
      request: { model: 'gpt-6' },
    });
    expect(other.result).toMatchObject({ cost_usd: null, model: 'gpt-6' });
  });

  test('a turn that failed is told as what it was; a price makes nothing of no usage', async () => {
    const { result } = await runAgent(codex, `${replay('codex-429')}; exit 1`, {
      settings: { model: 'gpt-5.5' },
      prices: { 'gpt-5.5': price },
    });
    expect(result).toMatchObject({ failure: { kind: 'rate_limit' }, cost_usd: null, exit_code: 1 });
  });

  test('a refused login says how to log in', async () => {
    const failed = {
      type: 'turn.failed',
      error: { message: 'unexpected status 401 Unauthorized: no, url: x.' },
    };
    const { result } = await runAgent(codex, `echo '${JSON.stringify(failed)}'; exit 1`);
    expect(result.failure).toEqual({
      kind: 'authentication',
      message: 'unexpected status 401 Unauthorized: no, url: x. To log in: codex login, or set CODEX_API_KEY',
      resets_at: null,
    });
  });

  test.each([
    ['exit 2', 'crashed'],
    ['exit 0', 'crashed'],
    ['kill -KILL $$', 'killed'],
    [`echo '{"type":"error","message":"unexpected status 500"}'; kill -KILL $$`, 'killed'],
    [`echo '{"type":"error","message":"unexpected status 500"}'; exit 1`, 'server'],
    ['exit 143', 'killed'],
    [`${replay('codex-stream')}; exit 3`, 'crashed'],
  ])('%s: %s', async (script, kind) => {
    expect((await runAgent(codex, script)).result.failure).toMatchObject({ kind });
  });

  test('a program that is there and cannot be started is not a missing one', async () => {
    const { result } = await runAgent(codex, '', { request: { cwd: '/no/such/folder' } });
    expect(result.failure).toMatchObject({ kind: 'spawn_failed' });
  });

  test('the variables of the settings reach it, and hew has the last word', async () => {
    const { lines } = await runAgent(codex, 'echo "$SAID $HEW_TASK_ID"; exit 1', {
      settings: { env: { SAID: 'yes' } },
      request: { env: { PATH: '/usr/bin:/bin', HEW_TASK_ID: 'app-1' } },
    });
    expect(lines[0]?.text).toBe('yes app-1');
  });
});
