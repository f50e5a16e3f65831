import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { FileQueue } from '../../../source/engine/queue/file-queue.js';
import { BUILT_PROGRAMS } from '../../built-programs.js';
import { temporaryFolder } from '../../temporary-folder.js';

const CLAIM_TASKS = join(BUILT_PROGRAMS, 'claim-tasks.js');

it('gives each of 40 tasks to one of 8 processes that all want it', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('tasks.jsonl');
  const ids = Array.from({ length: 40 }, (_, index) => `app-${index + 1}`);
  await writeFile(path, ids.map((id) => `${JSON.stringify({ id, title: 'A task' })}\n`).join(''));

  const actors = Array.from({ length: 8 }, (_, index) => `w${index}`);
  const processes = actors.map((actor) => execa(process.execPath, [CLAIM_TASKS, path, actor]));
  await Promise.all(processes.map(async ({ stdout }) => once(stdout, 'data')));
  for (const { stdin } of processes) stdin.write('go\n');
  const results = await Promise.all(processes);

  const claimed = results.map(({ stdout }) => JSON.parse(stdout.split('\n')[1] ?? '') as string[]);
  expect(claimed.flat().toSorted()).toEqual(ids.toSorted());
  const { tasks } = await new FileQueue({ path, prefix: 'app' }).list();
  const holders = new Map([...tasks.values()].map((task) => [task.id as string, task.assignee]));
  for (const [index, some] of claimed.entries()) {
    for (const id of some) expect(holders.get(id)).toBe(actors[index]);
  }
});
