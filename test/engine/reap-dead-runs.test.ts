import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RunId, runIdSchema, runMark } from '../../source/engine/ids.js';
import { ledgerText } from '../../source/engine/processes/ledger-lines.js';
import { ownIdentity, type ProcessIdentity } from '../../source/engine/processes/process-identity.js';
import { processStart } from '../../source/engine/processes/process-table.js';
import { reapDeadRuns } from '../../source/engine/reap-dead-runs.js';
import { temporaryFolder } from '../temporary-folder.js';

const RUN = runIdSchema.parse('loop-20260101T000000Z-0badbee5');

/** The ledger of a run that `hew` was at work on, with nothing but that in it. */
async function writeLedger(folder: string, run: RunId, hew: ProcessIdentity): Promise<string> {
  await mkdir(join(folder, 'loop', run), { recursive: true });
  const path = join(folder, 'loop', run, 'processes.jsonl');
  await writeFile(path, ledgerText({ type: 'opened', hew }));
  return path;
}

async function startMarked(run: RunId): Promise<number> {
  const [name = ''] = runMark(run).split('=');
  const env = { ...process.env, [name]: 'w0' };
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env });
  await once(child, 'spawn');
  return child.pid ?? 0;
}

describe('reapDeadRuns', () => {
  test('ends what a killed run has left, says so, and only once', async () => {
    await using folder = await temporaryFolder();
    const dead = { ...(await ownIdentity()), started: '1' };
    const ledger = await writeLedger(folder.path, RUN, dead);
    const pid = await startMarked(RUN);
    const both = await Promise.all([reapDeadRuns({ hew: folder.path }), reapDeadRuns({ hew: folder.path })]);
    expect(both.flat()).toEqual([`${RUN} was killed and had left 1 process: ended.`]);
    expect(await processStart(pid)).toBeNull();
    expect(await readFile(ledger, 'utf8')).toMatch(/\{"type":"closed"\}\n$/);
    expect(await reapDeadRuns({ hew: folder.path })).toEqual([]);
  });

  test('leaves a run alone whose hew lives, here or perhaps elsewhere', async () => {
    await using folder = await temporaryFolder();
    const pid = await startMarked(RUN);
    for (const hew of [await ownIdentity(), { ...(await ownIdentity()), host: 'another', started: '1' }]) {
      await writeLedger(folder.path, RUN, hew);
      expect(await reapDeadRuns({ hew: folder.path })).toEqual([]);
      expect(await processStart(pid)).not.toBeNull();
    }
    process.kill(pid, 'SIGKILL');
  });

  test('closes the ledger of a run from before a reboot, whose pids mean nothing any more', async () => {
    await using folder = await temporaryFolder();
    const pid = await startMarked(RUN);
    const ledger = await writeLedger(folder.path, RUN, { ...(await ownIdentity()), boot_id: 'before' });
    expect(await reapDeadRuns({ hew: folder.path })).toEqual([]);
    expect(await processStart(pid)).not.toBeNull();
    expect(await readFile(ledger, 'utf8')).toMatch(/\{"type":"closed"\}\n$/);
    process.kill(pid, 'SIGKILL');
  });

  test('has nothing to do where no run was', async () => {
    await using folder = await temporaryFolder();
    expect(await reapDeadRuns({ hew: folder.path })).toEqual([]);
  });
});
