import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { DEMO_TASKS } from '../../source/demo/demo-tasks.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { FileQueue } from '../../source/engine/queue/file-queue.js';
import { summarise } from '../../source/engine/summary.js';
import { hew } from '../commands/hew.js';
import { markedProcesses } from '../marked-processes.js';
import { temporaryFolder } from '../temporary-folder.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** An environment whose temporary files are the test's to remove. */
function environmentIn(folder: string): Record<string, string> {
  const cache = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
  return { ...cache, PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, LC_ALL: 'C' };
}

/** The demo's project and its run in the folder that was its TMPDIR. */
async function demoIn(folder: string): Promise<{ project: string; run: string; journal: string }> {
  const made = (await readdir(folder)).find((name) => name.startsWith('hew-demo-')) ?? '';
  const project = join(folder, made, 'tea-shop');
  const [run = ''] = await readdir(join(project, '.hew', 'loop'));
  return { project, run, journal: join(project, '.hew', 'loop', run, 'events.jsonl') };
}

describe('hew demo without a terminal', () => {
  test('drains its queue with a conflict and a second try, and ends well', async () => {
    await using folder = await temporaryFolder();
    const env = environmentIn(folder.path);
    const { code, stdout, stderr } = await hew({ cwd: folder.path, env }, 'demo', '--fast');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { project, run, journal } = await demoIn(folder.path);

    const { events } = await readJournal(journal);
    const { tasks, counts, landing, all } = summarise(events.reduce(reduce, EMPTY_STATE), new Date());
    expect(counts).toMatchObject({ merged: 11, conflicted: 1, failed: 0, stranded: 0, 'open again': 0 });
    expect(landing.kind).toBe('landed');
    expect(all).toMatchObject({ iterations: 13, closed: 11, runtimes: ['claude'] });
    expect(all.cost_usd).toBeGreaterThan(0);
    const conflicted = tasks.find(({ fate }) => fate === 'conflicted')!;
    const rivals = DEMO_TASKS.filter(({ beside }) => beside !== undefined).map(({ title }) => title);
    expect(rivals).toContain(conflicted.title);
    const again = tasks.filter(({ tries }) => tries === 2).map(({ title }) => title);
    expect(again).toEqual(DEMO_TASKS.filter(({ mistake }) => mistake).map(({ title }) => title));

    expect(stdout).toContain('gate RED');
    expect(stdout).toContain(`${conflicted.id}: merge conflict in source/greeting.js`);
    expect(stdout).toMatch(/ 12 tasks {3}11 merged {3}1 conflicted/);
    const told = stdout.slice(stdout.indexOf('All as scripted'));
    expect(told).toMatch(new RegExp(`^All as scripted: ${conflicted.id} met tea-shop-[12] in one line`));
    expect(told).toContain(`\n  cd ${project}\n`);
    expect(told).toContain(`\n  hew task show ${conflicted.bug}\n`.trimEnd());
    expect(stdout).not.toContain('\u001B');

    const queue = new FileQueue({ path: join(project, '.hew', 'tasks.jsonl'), prefix: 'tea-shop' });
    const left = [...(await queue.list()).tasks.values()].filter(({ status }) => status !== 'closed');
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set([conflicted.id, conflicted.bug]));
    const gate = await execa(process.execPath, ['--test', 'test/all.test.js'], { cwd: project });
    expect(gate.exitCode).toBe(0);
    expect(await readFile(join(project, 'source/receipt.js'), 'utf8')).toContain('receipt');
    expect(await markedProcesses(run)).toEqual([]);
    expect((await readdir(folder.path)).filter((name) => name.startsWith('.hew'))).toEqual([]);
  });

  test('ends in order when it is aborted, and says where it is', async () => {
    await using folder = await temporaryFolder();
    const env = environmentIn(folder.path);
    const child = execa(process.execPath, [BIN, 'demo', '--jobs', '2'], {
      cwd: folder.path,
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });
    let asked = false;
    for await (const line of child) {
      if (!asked && line.includes('try 1/2')) asked = child.kill('SIGTERM');
    }
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(130);
    const { project, run } = await demoIn(folder.path);
    expect(stdout).toContain(`The demo ended early. It is in ${project}`);
    expect(await markedProcesses(run)).toEqual([]);
  });

  test.each(['1', '2.5'])('refuses --jobs %s', async (jobs) => {
    await using folder = await temporaryFolder();
    const where = { cwd: folder.path, env: environmentIn(folder.path) };
    const { code, stderr } = await hew(where, 'demo', '--jobs', jobs);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hew: --jobs must be a whole number from 2 to 16/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('refuses to start without git, in one line', async () => {
    await using folder = await temporaryFolder();
    const env = { ...environmentIn(folder.path), PATH: folder.path };
    const { code, stderr } = await hew({ cwd: folder.path, env }, 'demo', '--fast');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hew: git cannot be started\. Install git [^\n]*$/);
    expect(await readdir(folder.path)).toEqual([]);
  });
});
