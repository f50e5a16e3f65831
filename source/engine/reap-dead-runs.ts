import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { type Places, runFolder } from './git/places.js';
import { type RunId, runIdSchema } from './ids.js';
import { LEDGER_FILE } from './open-guarded-folder.js';
import { ledgerText, readLedger } from './processes/ledger-lines.js';
import { openSets } from './processes/open-sets.js';
import { isAlive, ownIdentity } from './processes/process-identity.js';
import { reapRun } from './processes/reap-run.js';

/**
 * Ends what dead runs of the project have left: processes only, never worktrees or claims. Says what there is to tell of
 * it, a sentence each; nothing where nothing was left. Costs some microseconds for each run that has ended in order.
 */
export async function reapDeadRuns(places: Pick<Places, 'hew'>): Promise<readonly string[]> {
  const names = await readdir(join(places.hew, 'loop')).catch((error: NodeJS.ErrnoException) => {
    // No run was here, or what stands there is told by whoever makes a folder of it.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const told: string[] = [];
  for (const run of names.flatMap((name) => runIdSchema.safeParse(name).data ?? [])) {
    told.push(...(await reapIfDead(run, join(runFolder(places, run), LEDGER_FILE))));
  }
  return told;
}

async function reapIfDead(run: RunId, ledger: string): Promise<string[]> {
  try {
    if (isClosed(ledger) || (await isWorkedOn(ledger))) return [];
    // Two that reap one run are one too many: the slower would end what a resumed run starts with the same mark.
    const release = await lock(ledger, { retries: { retries: 100, minTimeout: 50, maxTimeout: 500 } });
    try {
      if (await isWorkedOn(ledger)) return [];
      const { ended, survivors } = await reapRun({ ledger, run, when: 'later' });
      return [
        ...(ended.length === 0 ? [] : [`${run} was killed and had left ${processes(ended.length)}: ended.`]),
        ...survivors.map(
          ({ pid }) => `Process ${pid}, which ${run} has left, cannot be ended: kill -9 ${pid}`,
        ),
      ];
    } finally {
      await release();
    }
  } catch (error) {
    // It must not keep a new run from starting: the old one's agents work in worktrees of their own.
    return [
      `What ${run} has left running cannot be told: ${error instanceof Error ? error.message : String(error)}`,
    ];
  }
}

function processes(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

/** Whether somebody is working on the run, or may be on another machine. */
async function isWorkedOn(ledger: string): Promise<boolean> {
  const { hew } = openSets(await readLedger(ledger), await ownIdentity());
  return hew !== null && (await isAlive(hew));
}

const CLOSED = ledgerText({ type: 'closed' });

/** Whether the ledger's last line says that nothing of the run lives; so does a run without one, which started nothing. */
function isClosed(ledger: string): boolean {
  let file: number;
  try {
    file = openSync(ledger, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
  try {
    const end = Buffer.alloc(CLOSED.length);
    readSync(file, end, 0, end.length, Math.max(0, fstatSync(file).size - end.length));
    return end.toString() === CLOSED;
  } finally {
    closeSync(file);
  }
}
