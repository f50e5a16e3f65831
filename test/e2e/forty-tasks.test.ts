import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { Sha } from '../../source/engine/ids.js';
import { summarise } from '../../source/engine/summary.js';
import type { GitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { queueOf, startLoop } from './loop-run.js';
import { expectReplay } from './replay.js';
import { makeToldProject, randomTasks, TOLD_AGENT } from './told-project.js';

const TASKS = 40;
/** One queue in each run of the tests, for its time; `HEW_SOAK_SEED=1,2,3` for others, as many as are named. */
const SEEDS = (process.env['HEW_SOAK_SEED'] ?? '1').split(',').map(Number);

interface Merge {
  readonly task: string;
  readonly sha: string;
  /** The commit at which the agent of the merged attempt began. */
  readonly base: string;
}

/** What main's first-parent history says was merged, oldest first. */
async function mergesOn(project: GitProject): Promise<Merge[]> {
  const format = '%H %P%x09%(trailers:key=Hew-Task,valueonly,separator=%x2C)';
  const log = await project.git(
    'log',
    '--first-parent',
    '--reverse',
    '--merges',
    `--format=${format}`,
    'main',
  );
  const merges: Merge[] = [];
  for (const line of log.split('\n')) {
    const [commits = '', task = ''] = line.split('\t');
    const [sha = '', trunk = '', result = ''] = commits.split(' ');
    const work = await project.git('rev-list', '--topo-order', '--reverse', result, `^${trunk}`);
    const base = await project.git('rev-parse', `${work.split('\n')[0]}^`);
    merges.push({ task, sha, base });
  }
  return merges;
}

async function isAncestor(project: GitProject, ancestor: string, of: string): Promise<boolean> {
  const asked = ['merge-base', '--is-ancestor', ancestor, of];
  const { exitCode } = await execa('git', asked, { cwd: project.path, env: project.env, reject: false });
  return exitCode === 0;
}

describe.each(SEEDS)('forty tasks that wait for one another, seed %i', (seed) => {
  test('are each merged once, and none begins without the code of what it waits for', async () => {
    const tasks = randomTasks(seed, TASKS);
    const { project, ids } = await makeToldProject(tasks);
    await using _project = project;
    await using run = await startLoop(project, { agent: TOLD_AGENT, flags: { jobs: 8 } });
    expect(await run.ended).toBe(0);

    const merges = await mergesOn(project);
    expect(merges.map(({ task }) => task).sort()).toEqual([...ids].sort());
    const mergeOf = new Map(merges.map((merge) => [merge.task, merge]));
    const early: string[] = [];
    for (const [index, { needs }] of tasks.entries()) {
      for (const blocker of needs.map((need) => ids[need]!)) {
        const { sha } = mergeOf.get(blocker)!;
        const { base } = mergeOf.get(ids[index]!)!;
        if (!(await isAncestor(project, sha, base))) early.push(`${ids[index]} began without ${blocker}`);
      }
    }
    expect(early).toEqual([]);

    const queue = await queueOf(project).list();
    const summary = summarise(run.state, new Date());
    expect(summary).toMatchObject({
      stop_reason: 'ready_empty',
      exit_code: 0,
      in_work: 0,
      left: 0,
      something_wrong: false,
      counts: { merged: TASKS, empty: 0, conflicted: 0, failed: 0, stranded: 0, 'open again': 0 },
      landing: { kind: 'landed', to: await project.git('rev-parse', 'main') },
    });
    for (const { id, fate, sha, tries } of summary.tasks) {
      expect([id, fate, sha]).toEqual([id, 'merged', mergeOf.get(id)?.sha]);
      const again = tasks[ids.indexOf(id)]!.words.some((word) => word.endsWith(' first'));
      expect([id, tries]).toEqual([id, again ? 2 : 1]);
      const task = queue.tasks.get(id);
      expect([task?.status, task?.close_reason]).toEqual(['closed', expect.stringContaining(sha!)]);
    }
    // A run in which nothing went side by side would prove nothing.
    expect(new Set(run.all('iteration.started').map(({ slot }) => slot)).size).toBe(8);
    expect(run.all('gate.started').some(({ which }) => which === 'merged')).toBe(true);

    expect(await project.git('status', '--porcelain')).toBe('');
    await execa('sh', ['gate.sh'], { cwd: project.path, env: project.env });
    expect(await project.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
    expect(await markedProcesses(run.run)).toEqual([]);
    await expectReplay(project, run);
    // Forty agents take long where others use the processors too.
  }, 180_000);
});

test('the base of a merge is where its agent began', async () => {
  const { project } = await makeToldProject([
    { needs: [], words: ['commits twice'] },
    { needs: [0], words: [] },
  ]);
  await using _project = project;
  await using run = await startLoop(project, { agent: TOLD_AGENT });
  expect(await run.ended).toBe(0);
  const bases = (await mergesOn(project)).map(({ base }) => base as Sha);
  expect(bases).toEqual(run.all('iteration.started').map(({ base }) => base));
});
