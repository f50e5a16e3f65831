import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { summarise } from '../../source/engine/summary.js';
import { makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { fileTasks, GATED, queueOf, startLoop } from './loop-run.js';
import { expectReplay, folderOf } from './replay.js';
import { scaledClock } from './scaled-clock.js';

const AGENT = fileURLToPath(new URL('../fixtures/night-agent.mjs', import.meta.url));
/** A minute of the night is a second. */
const SCALE = 60;
/** The first 16 and the last 64 MB of an agent's output are kept, and a line that tells of the gap. */
const KEPT_BYTES = 80 * 1024 * 1024 + 4096;

/** What goes wrong, and what must become of it: how it ends at last, in how many tries, of which so many count. */
const NIGHT = [
  ['usage limit', 'merged', 'merged', 2, 0],
  ['overloaded', 'merged', 'merged', 3, 0],
  ['hang', 'merged', 'merged', 2, 1],
  ['crash in mid-line', 'failed', 'killed', 2, 2],
  ['nothing to do', 'empty', 'empty', 1, 0],
  ['broken build', 'failed', 'gate_red', 2, 2],
  ['daemon', 'merged', 'merged', 1, 0],
  ['flood', 'merged', 'merged', 1, 0],
  ['refusal', 'merged', 'merged', 2, 1],
  ['blocked', 'failed', 'blocked', 1, 0],
  ['first writer', 'merged', 'merged', 1, 0],
  ['second writer', 'conflicted', 'conflict', 1, 0],
] as const;

test('a night in which everything goes wrong ends with the fate of every task known, and no attempt wasted', async () => {
  await using project = await makeGitProject({ files: GATED });
  const folder = join(project.folder, 'night');
  await mkdir(folder);
  const clock = scaledClock(SCALE);
  const ids = await fileTasks(project, ...NIGHT.map(([title]) => ({ title })));
  const idOf = (title: (typeof NIGHT)[number][0]) => ids[NIGHT.findIndex((row) => row[0] === title)]!;
  const [dependent] = await fileTasks(project, {
    title: 'waits for what has failed',
    blocked_by: [idOf('broken build')],
  });

  await using run = await startLoop(project, {
    agent: `${process.execPath} ${AGENT}`,
    flags: { jobs: 4, stall_timeout: 4_000 },
    clock,
    env: { NIGHT_FOLDER: folder, NIGHT_START: String(clock.start), NIGHT_SCALE: String(SCALE) },
  });
  const first = idOf('first writer');
  await run.until('merge.finished', ({ task, outcome }) => task === first && outcome === 'merged');
  await writeFile(join(folder, 'first-is-merged'), '');
  expect(await run.ended).toBe(1);

  const summary = summarise(run.state, clock.now());
  const table = summary.tasks.map(({ id, title, fate, tries }) => {
    const { counted, end } = run.state.tasks.get(id) ?? {};
    return [title, fate, end, tries, counted];
  });
  expect(new Set(table)).toEqual(new Set(NIGHT));
  expect(table).toHaveLength(NIGHT.length);
  expect(summary.counts).toEqual({
    merged: 7,
    empty: 1,
    conflicted: 1,
    failed: 3,
    stranded: 0,
    'open again': 0,
  });
  expect(summary).toMatchObject({ stop_reason: 'ready_empty', landing: { kind: 'landed' } });

  const queue = await queueOf(project).list();
  expect(queue.tasks.get(dependent!)).toMatchObject({ status: 'open', assignee: null });
  for (const { id, fate } of summary.tasks) {
    const isDone = fate === 'merged' || fate === 'empty';
    expect([id, queue.tasks.get(id)?.status === 'closed']).toEqual([id, isDone]);
  }
  expect(await project.git('show', 'main:shared.txt')).toBe('first');
  expect(await project.git('ls-tree', '--name-only', 'main')).not.toMatch(/^broken$/m);
  // Nothing counts twice: each of seven good results told 10 and 5 tokens, those of the red tries and the conflict too.
  expect(summary.all).toMatchObject({ tokens: 10 * 15, cost_usd: 10 * 0.25 });

  const flood = run.all('iteration.started').find(({ task }) => task === idOf('flood'));
  const log = `worker-${flood?.worker}/iter-${String(flood?.iteration).padStart(3, '0')}.agent.jsonl`;
  expect((await stat(join(folderOf(project, run.run), log))).size).toBeLessThan(KEPT_BYTES);
  expect(await markedProcesses(run.run)).toEqual([]);
  await expectReplay(project, run);
}, 180_000);
