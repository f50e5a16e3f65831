import { appendFile, cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runIdSchema } from '../../../source/engine/ids.js';
import { takeRunLock } from '../../../source/engine/run-lock.js';
import type { Summary } from '../../../source/engine/summary.js';
import { EXAMPLE_RUN, exampleBodies, exampleEvents } from '../../example-run.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { hew, type HewResult } from '../hew.js';

const EARLIER = fileURLToPath(new URL('../../fixtures/earlier-runs', import.meta.url));
const ENDED = 'loop-20260301T090000Z-0a0b0c01';
const BROKEN = 'loop-20260303T090000Z-0a0b0c03';

function loopIn(project: GitProject) {
  const options = { cwd: project.path, env: { ...project.env, TZ: 'UTC' } };
  return (...argv: readonly string[]): Promise<HewResult> => hew(options, 'loop', ...argv);
}

/** A project with the runs of an earlier hew, and one whose journal has its first `events` events. */
async function withRuns(project: GitProject, events = Infinity): Promise<string> {
  await cp(EARLIER, `${project.path}/.hew/loop`, { recursive: true });
  const lines = exampleEvents(exampleBodies())
    .slice(0, events)
    .map((event) => `${JSON.stringify(event)}\n`);
  await project.write(`.hew/loop/${EXAMPLE_RUN}/events.jsonl`, lines.join(''));
  return `${project.path}/.hew/loop/${EXAMPLE_RUN}/events.jsonl`;
}

describe('hew loop summary', () => {
  it('tells the newest run from its journal', async () => {
    await using project = await makeGitProject();
    const loop = loopIn(project);
    expect(await loop('summary')).toMatchObject({ code: 2, stderr: expect.stringContaining('hew tui') });
    await withRuns(project);
    const told = await loop('summary');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toContain(EXAMPLE_RUN);
    expect(told.stdout).toMatch(/^ all +7 +3 +claude,\S* +6\.54M +>\$8\.79 /m);
    const json = JSON.parse((await loop('summary', EXAMPLE_RUN, '--json')).stdout) as Summary;
    expect(json).toMatchObject({ standing: 'ended', all: { iterations: 7, closed: 3, tokens: 6_541_450 } });
    expect(json.timeline?.slots).toHaveLength(4);
  });

  it('tells apart a run that has crashed and one that goes on, and cares for no torn line', async () => {
    await using project = await makeGitProject();
    const loop = loopIn(project);
    const journal = await withRuns(project, 12);
    await appendFile(journal, '{"v":1,"type":"iterat');
    expect((await loop('summary')).stdout).toMatch(/^ crashed, last seen 10:16:50 /m);
    const taken = await takeRunLock(`${project.path}/.git`, runIdSchema.parse(EXAMPLE_RUN));
    if (taken.kind !== 'locked') throw new Error('the lock is held');
    await using _lock = taken.lock;
    expect((await loop('summary')).stdout).toMatch(/^ goes on /m);
  });

  it('tells runs of an earlier hew', async () => {
    await using project = await makeGitProject();
    await withRuns(project);
    const loop = loopIn(project);
    const told = await loop('summary', ENDED);
    expect(told.code).toBe(0);
    const lines = told.stdout.split('\n');
    expect(
      lines.filter((line) => /^ (worker|w\d|all) /.test(line)).map((line) => line.split(/ {2,}/)),
    ).toEqual([
      [' worker', 'iterations', 'closed', 'runtime', 'tokens', 'cost', 'wall', 'busy', 'stop'],
      [' w0', '2', '2', 'claude', '21k', '?', '-', '-', 'ready_empty'],
      [' w1', '2', '1', 'codex', '20k', '?', '-', '-', 'all_quiet'],
      [' w2', '1', '0', '0', '$0.00', '-', '-', '-'],
      [' all', '5', '3', 'claude, c…', '41k', '?', '-', '-', 'ready_empty'],
    ]);
    const broken = await loop('summary', BROKEN);
    expect(broken.code).toBe(1);
    expect(broken.stdout.replaceAll(/\s+/g, '')).toContain('iter-001.json,fieldnumber:');
  });

  it('tells what happened to one task, as text and as JSON', async () => {
    await using project = await makeGitProject();
    await withRuns(project);
    const loop = loopIn(project);
    const told = await loop('summary', EXAMPLE_RUN, '--task', 'app-2');
    expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ app-2 [^]*\n TRY 2\/2 /) });
    const json = await loop('summary', EXAMPLE_RUN, '--task', 'app-2', '--json');
    const { fate, events } = JSON.parse(json.stdout) as { fate: string; events: { type: string }[] };
    expect(fate).toBe('failed');
    expect(events.filter(({ type }) => type === 'iteration.finished')).toHaveLength(2);
    for (const [run, task, why] of [
      [EXAMPLE_RUN, 'app-99', 'did nothing with app-99'],
      [EXAMPLE_RUN, '--x', 'not a task id'],
      [ENDED, 'app-1', 'has no journal'],
    ] as const)
      expect(await loop('summary', run, `--task=${task}`)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(why),
      });
  });

  it('refuses what is no run here', async () => {
    await using project = await makeGitProject();
    await withRuns(project);
    const loop = loopIn(project);
    expect(await loop('summary', 'nonsense')).toMatchObject({ code: 2 });
    expect(await loop('summary', 'loop-20260301T090000Z-ffffffff')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('hew loop list'),
    });
  });
});

describe('hew loop logs', () => {
  it('prints the lines of a run, and of an earlier hew its iterations', async () => {
    await using project = await makeGitProject();
    await withRuns(project);
    const loop = loopIn(project);
    const lines = (await loop('logs')).stdout.split('\n');
    expect(lines[0]).toBe(`10:15:00  run      ${EXAMPLE_RUN}`);
    expect(lines.at(-1)).toContain('ended: nothing is ready any more, 2 tasks left (exit code 1)');
    expect((await loop('logs', ENDED)).stdout.split('\n')).toEqual([
      '09:00:10  w0 1  app-1: closed, claude sonnet, 10k tokens',
      '09:21:00  w0 2  app-3: closed, claude sonnet, 11k tokens',
      '09:00:10  w1 1  app-2: backpressure fail, codex, 10k tokens',
      '09:31:00  w1 2  app-2: closed, codex sonnet, 10k tokens',
      '          w2 1  app-4: runtime error',
    ]);
  });

  it('prints what an agent and a gate have put out, made harmless', async () => {
    await using project = await makeGitProject();
    await withRuns(project);
    const loop = loopIn(project);
    const folder = `.hew/loop/${EXAMPLE_RUN}/worker-1`;
    await project.write(`${folder}/iter-001.json`, '{"number": 1, "ended_at": "2026-11-22T10:20:00Z"}');
    await project.write(`${folder}/iter-002.json`, '{"number": 2, "ended_at": "2026-11-22T10:30:00Z"}');
    const call = { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'npm test' } };
    const said = {
      type: 'assistant',
      message: { content: [{ type: 'text', text: 'Done \u001b[2J now' }, call] },
    };
    await project.write(
      `${folder}/iter-002.agent.jsonl`,
      `${JSON.stringify(said)}\nplain \u001b]0;x\u0007text`,
    );
    await project.write(`${folder}/iter-002.agent.jsonl.tail-0`, 'from the tail\n');
    await project.write(`${folder}/iter-001.gate.log`, 'red \u009b31mline\n');
    await project.write(`${folder}/iter-001.merged-gate.log`, 'merged\n');
    expect((await loop('logs', '--worker', '1')).stdout.split('\n')).toEqual([
      'Done  now',
      '> Bash npm test',
      'from the tail',
      'plain text',
    ]);
    const gate = await loop('logs', '--worker', '1', '--iteration', '1', '--gate', '--follow');
    expect(gate.stdout.split('\n').map((line) => line.trim())).toEqual(['red line', 'merged']);
    expect(await loop('logs', '--worker', '1', '--iteration', '7')).toMatchObject({ code: 2 });
    expect(await loop('logs', '--worker', '7')).toMatchObject({ code: 2 });
  });

  it('tells of an iteration without a log what its record says', async () => {
    await using project = await makeGitProject();
    await withRuns(project);
    const told = await loopIn(project)('logs', ENDED, '--worker', '1', '--iteration', '1');
    expect(told.stdout.split('\n')).toEqual([
      '09:00:10  w1 1  app-2: backpressure fail, codex, 10k tokens',
      '  2 tool calls: Read, Edit',
      '  decision: kept the interface',
      '  stderr: npm test failed',
      '  stderr: 2 tests red',
    ]);
    expect(await loopIn(project)('logs', ENDED, '--iteration', '1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--worker 0 or 1 or 2'),
    });
  });
});
