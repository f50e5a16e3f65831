import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { fileTasks, GATED, type LoopOptions, type LoopRun, Refused, startLoop } from './loop-run.js';

const FAKE = fileURLToPath(new URL('../fixtures/fake-codex.mjs', import.meta.url));
const RECORDING = fileURLToPath(new URL('../recordings/codex-stream.jsonl', import.meta.url));
const PRICED = `${GATED['.hew.toml']}
[agents.codex]
model = "gpt-5.2-codex"
[prices."gpt-5.2-codex"]
input = 2
output = 10
cache_read = 0.5
`;

function startCodex(project: GitProject, flags: NonNullable<LoopOptions['flags']> = {}): Promise<LoopRun> {
  return startLoop(project, {
    agent: '',
    flags: { agent_command: undefined, runtime: ['codex'], ...flags },
    env: {
      HEW_LOOP_CODEX_BIN: FAKE,
      FAKE_CODEX_REPLAY: RECORDING,
      FAKE_CODEX_HEARD: join(project.folder, 'heard.jsonl'),
    },
  });
}

describe('a run with codex', () => {
  test('commits what codex has left, merges it, and prices it by the table', async () => {
    await using project = await makeGitProject({ files: { ...GATED, '.hew.toml': PRICED } });
    const [task] = await fileTasks(project, { title: 'One' });
    await using run = await startCodex(project, { budget_cost: 5 });
    expect(await run.ended).toBe(0);
    // 3,000 new, 12,000 cached and 120 written tokens, of which the recording tells in its own way.
    expect(run.all('iteration.finished')).toMatchObject([
      {
        runtime: 'codex',
        model: 'gpt-5.2-codex',
        end: 'merged',
        tokens: { input: 3_000, output: 120, cache_read: 12_000, cache_create: 0 },
        cost_usd: 0.0132,
      },
    ]);
    expect(await project.git('show', `main:${task}.txt`)).toMatch(/^\d+$/);
    const heard = JSON.parse(await readFile(join(project.folder, 'heard.jsonl'), 'utf8')) as {
      readonly values: { readonly model: string; readonly 'add-dir': readonly string[] };
      readonly prompt: string;
    };
    expect(heard.values.model).toBe('gpt-5.2-codex');
    const shared = ['objects', 'refs', 'logs'].map((name) => join(project.path, '.git', name));
    expect(heard.values['add-dir'].slice(1)).toEqual(shared);
    expect(heard.values['add-dir'][0]).toMatch(/\.git\/worktrees\/\d+$/);
    expect(heard.prompt).toContain('# Task app-1: One');
  });

  test('tells a cost that no table prices as unknown, never as nothing, and refuses a budget of money for it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTasks(project, { title: 'One' });
    const refused = startCodex(project, { budget_cost: 5 });
    await expect(refused).rejects.toThrow(Refused);
    await expect(refused).rejects.toThrow('no price is known');
    await expect(startCodex(project, { iteration_budget_cost: 1 })).rejects.toThrow(
      '--iteration-budget-cost',
    );
    await using run = await startCodex(project);
    expect(await run.ended).toBe(0);
    expect(run.all('iteration.finished')).toMatchObject([{ cost_usd: null }]);
    expect(run.state).toMatchObject({ cost_usd: 0, cost_unknown: true });
  });
});
