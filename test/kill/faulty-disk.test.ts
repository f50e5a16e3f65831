import { describe, expect, test } from 'vitest';
import { checkoutHashes } from '../e2e/checkout-hashes.js';
import { queueOf } from '../e2e/loop-run.js';
import { markedProcesses } from '../marked-processes.js';
import { expectUntouched, expectWorkKept, journalOf, runIds } from './kill-and-resume.js';
import { type KillProject, makeKillProject } from './kill-project.js';

const SEED = Number(process.env['HEW_FAULT_SEED'] ?? Date.now() % 1_000_000);
const POINTS = Number(process.env['HEW_FAULT_POINTS'] ?? 2);
/** How often an undisturbed run of the twelve tasks writes, at least. */
const WRITES = 700;
const CODES = ['ENOSPC', 'EACCES', 'EMFILE', 'EIO'] as const;
/** A line of a stack trace. */
const STACK = /^ +at .+[:(]\d+/m;

/** Nothing is lost, told wrongly or left running, however the run went. */
async function expectTruth(kill: KillProject): Promise<void> {
  const { project, ids } = kill;
  for (const run of await runIds(project)) expect(await markedProcesses(run)).toEqual([]);
  await expectWorkKept(kill);
  expect(await project.git('log', '--first-parent', '-m', '--format=%H', 'main', '--', 'broken')).toBe('');
  const format = '--format=%(trailers:key=Hew-Task,valueonly)';
  const merged = (await project.git('log', '--first-parent', format, 'main')).split('\n');
  const { tasks } = await queueOf(project).list();
  for (const [index, id] of ids.entries()) {
    const isEmpty = index === 6;
    const merges = merged.filter((line) => line === id).length;
    const wanted = tasks.get(id)?.status === 'closed' && !isEmpty ? 1 : 0;
    expect([id, merges]).toEqual([id, wanted]);
  }
}

describe('a disk', () => {
  const points = Array.from({ length: POINTS }, (_, index) => {
    // One step through the writes for each point, from where the seed says, so that they lie far apart.
    const write = 1 + ((SEED * 7 + Math.floor((index * WRITES) / POINTS)) % WRITES);
    return [write, CODES[(SEED + index) % CODES.length] ?? 'EIO', index % 2 === 1] as const;
  });

  test.each(points)(
    `whose write %i fails by %s (and all later ones: %s; seed ${SEED}) costs no work, and is told without a stack`,
    { timeout: 300_000 },
    async (write, code, lasts) => {
      await using kill = await makeKillProject();
      const before = await checkoutHashes(kill.project);
      const { output } = await kill.onFaultyDisk(['run'], `${write} ${code}`, lasts);
      expect(output).not.toMatch(STACK);
      await expectUntouched(kill.project, before);
      const journal = await journalOf(kill.project).catch(() => null);
      const isOver = journal !== null && journal.state.finished !== null;
      const again = isOver ? '' : (await kill.hew(journal ? ['resume'] : ['run'])).output;
      expect(again).not.toMatch(STACK);
      expect((await journalOf(kill.project))?.state.finished).not.toBeNull();
      // What was merged and could not land by then lands now.
      await kill.hew(['land']);
      await expectTruth(kill);
    },
  );

  test('that is slow at every write costs nothing but time', { timeout: 300_000 }, async () => {
    await using kill = await makeKillProject();
    const { exit_code, output } = await kill.onFaultyDisk(['run'], '0 SLOW', false);
    expect({ exit_code, output }).toEqual({ exit_code: 1, output });
    expect((await journalOf(kill.project))?.state.finished).toMatchObject({ stop_reason: 'ready_empty' });
    await expectTruth(kill);
  });
});
