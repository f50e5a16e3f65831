import { describe, expect, it } from 'vitest';
import { runListingState } from '../../../source/engine/list-runs.js';
import { newRunId, runIdSchema } from '../../../source/engine/ids.js';
import { takeRunLock } from '../../../source/engine/run-lock.js';
import { makeGitProject } from '../../git-project.js';
import { fileTask } from '../../e2e/file-task.js';
import { startSteppedAgents } from '../../stepped-agents.js';
import { commitFile } from '../../e2e/commit-file.js';
import { GATED, startLoop } from '../../e2e/loop-run.js';
import { hew } from '../hew.js';

const RUNS = [
  'loop-20260101T080000Z-00000001',
  'loop-20260102T080000Z-00000002',
  'loop-20260103T080000Z-00000003',
];

describe('hew loop list', () => {
  it('tells what became of each run, the newest first', async () => {
    await using project = await makeGitProject({ files: GATED });
    const place = { cwd: project.path, env: { ...project.env, TZ: 'UTC' } };
    expect((await hew(place, 'loop', 'list')).stdout).toContain('No run was started here yet');
    const [broken, crashed, live] = RUNS.map((run) => runIdSchema.parse(run));
    await project.write(`.hew/loop/${broken}/run.json`, '{"id": 7}');
    await project.write(
      `.hew/loop/${crashed}/run.json`,
      JSON.stringify({
        id: crashed,
        started_at: '2026-01-02T08:00:00Z',
        unknown: true,
        cumulative_tokens: 48_100,
      }),
    );
    await project.write(
      `.hew/loop/${live}/run.json`,
      JSON.stringify({ id: live, fates: { merged: 3, empty: 1, failed: 2 } }),
    );
    const taken = await takeRunLock(`${project.path}/.git`, live!);
    if (taken.kind !== 'locked') throw new Error('the lock is held');
    await using _lock = taken.lock;
    const listed = await hew(place, 'loop', 'list');
    expect(listed.code).toBe(0);
    const lines = listed.stdout.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(new RegExp(`^${live} +- +running +- +4 +- +2 +- `));
    expect(lines[2]).toMatch(new RegExp(`^${crashed} +2026-01-02 08:00 +crashed .* 48\\.1k `));
    expect(lines[3]).toMatch(new RegExp(`^${broken} +broken: .*run.json, field id: `));
    const json = await hew(place, 'loop', 'list', '--json');
    const runs = JSON.parse(json.stdout) as { id: string; state: string }[];
    expect(runs.map(({ id, state }) => [id, state])).toEqual([
      [live, 'running'],
      [crashed, 'crashed'],
      [broken, 'broken'],
    ]);
  });

  it('shows a run that has ended with its sums and its landing', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await commitFile(agent, 'one.txt');
    await agent.close();
    expect(await run.ended).toBe(0);
    const { stdout } = await hew({ cwd: project.path, env: project.env }, 'loop', 'list');
    expect(stdout).toMatch(new RegExp(`${run.run} .* ready_empty +2 +1 +0 +0 +0 .* landed on main`));
  });
});

describe('runListingState', () => {
  const id = newRunId(new Date());
  it.each([
    [null, id, 'running'],
    ['ready_empty', id, 'running'],
    [null, newRunId(new Date()), 'crashed'],
    [null, null, 'running'],
    ['ready_empty', null, 'ended'],
  ] as const)('ended by %s, with %s alive, is %s', (stop_reason, run_id, state) => {
    expect(runListingState({ id, stop_reason }, { run_id })).toBe(state);
  });
});
