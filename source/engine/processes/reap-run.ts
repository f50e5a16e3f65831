import { appendFile } from 'node:fs/promises';
import { type RunId, runMark } from '../ids.js';
import { endProcessSet, type EndingTimes, type SetEnding } from './end-process-set.js';
import { ledgerText, readLedger } from './ledger-lines.js';
import { type OpenSets, openSets } from './open-sets.js';
import { ownIdentity, reachOf } from './process-identity.js';
import type { GroupLeader, ProcessSet } from './process-set.js';
import { type ProcessTable, processStart, readProcessTable } from './process-table.js';

/** A run whose hew is dead. */
export interface DeadRun {
  /** The path of its `processes.jsonl`. */
  readonly ledger: string;
  readonly run: RunId;
  /**
   * `at_once`: hew has just died. `later`: pids may have been given again, so that a group whose leader is gone counts
   * only when one of it carries the mark, and a guardian that is still at work is relieved of it.
   */
  readonly when: 'at_once' | 'later';
}

const NOTHING_ENDED: SetEnding = { ended: [], survivors: [] };

/**
 * Ends every process that a dead run has left: the groups of its ledger, what carries its mark, and the descendants of
 * both, and notes that nothing of it lives. Never this process or one that it descends from, and never hew's own git
 * and bd, which are in no set. Rejects when the ledger cannot be read.
 */
export async function reapRun(dead: DeadRun, times: EndingTimes = {}): Promise<SetEnding> {
  const self = await ownIdentity();
  const open = openSets(await readLedger(dead.ledger), self);
  // Of a run on another host or in another container nothing can be seen from here, its marks included.
  const reach = open.hew && reachOf(open.hew, self);
  if (reach === null || reach === 'elsewhere') return NOTHING_ENDED;
  const ending = reach === 'gone' ? NOTHING_ENDED : await endProcessSet(await setOf(dead, open), times);
  if (ending.survivors.length === 0) await appendFile(dead.ledger, ledgerText({ type: 'closed' }));
  return ending;
}

async function setOf({ run, when }: DeadRun, { groups, guardian, since }: OpenSets): Promise<ProcessSet> {
  const mark = runMark(run);
  if (when === 'at_once') return { mark, groups, since };
  // Two reapers of one run are one too many: the other would end what a resumed run starts with the same mark.
  if (guardian !== null) await endGuardian(guardian);
  const table = await readProcessTable({ mark, since });
  return { mark, groups: groups.filter((leader) => isSurelyOurs(leader, table)), since };
}

async function endGuardian({ pid, started }: GroupLeader): Promise<void> {
  if (started === null || (await processStart(pid)) !== started) return;
  await endProcessSet({ mark: null, groups: [{ pid, started }] }, { graceMs: 0 });
}

/**
 * Whether a group is still the one that the run has started, long after: its leader lives, or one of it carries the
 * mark. Without either, a later program may have got the leader's pid, made a group of it and ended. Pure.
 */
export function isSurelyOurs(leader: GroupLeader, table: ProcessTable): boolean {
  const found = table.get(leader.pid);
  if (found !== undefined) return leader.started !== null && found.started === leader.started;
  return [...table.values()].some((entry) => entry.group === leader.pid && entry.marked);
}
