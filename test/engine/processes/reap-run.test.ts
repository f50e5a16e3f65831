import { appendFile, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { runIdSchema, runMark } from '../../../source/engine/ids.js';
import { groupLedBy, type GroupLeader } from '../../../source/engine/processes/process-set.js';
import { ProcessLedger } from '../../../source/engine/processes/process-ledger.js';
import { processStart, type ProcessEntry } from '../../../source/engine/processes/process-table.js';
import { isSurelyOurs, reapRun } from '../../../source/engine/processes/reap-run.js';
import { runInSet } from '../../../source/engine/processes/run-in-set.js';
import { temporaryFolder, type TemporaryFolder } from '../../temporary-folder.js';

const RUN = runIdSchema.parse('loop-20260101T000000Z-0badcafe');
const FACTS = { role: 'agent', mark: `${runMark(RUN)}w0`, slot: 1, iteration: 1 } as const;

/** A process of its own group, as one of a run that died. */
async function started(env: Record<string, string> = {}): Promise<GroupLeader> {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: { ...process.env, ...env } });
  await once(child, 'spawn');
  return groupLedBy(child.pid ?? 0);
}

async function openLedger(folder: TemporaryFolder): Promise<ProcessLedger> {
  return ProcessLedger.open(folder.at('processes.jsonl'), (error) => {
    throw error;
  });
}

describe('reapRun', () => {
  test('ends the groups of the ledger and what is marked, and notes that it is over', async () => {
    await using folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    const [noted, marked, other] = await Promise.all([
      started(),
      started({ HEW_MARK_0badcafe: 'w3' }),
      started(),
    ]);
    ledger.forSet(FACTS).started(noted);
    const path = folder.at('processes.jsonl');
    const { ended, survivors } = await reapRun({ ledger: path, run: RUN, when: 'at_once' });
    expect(new Set(ended.map(({ pid }) => pid))).toEqual(new Set([noted.pid, marked.pid]));
    expect(survivors).toEqual([]);
    expect(await processStart(other.pid)).toBe(other.started);
    expect((await readFile(path, 'utf8')).trimEnd().split('\n').at(-1)).toBe('{"type":"closed"}');
    process.kill(other.pid, 'SIGKILL');
    ledger.close();
  });

  test('spares a process that has got the pid of one of the run', async () => {
    await using folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    const other = await started();
    ledger.forSet(FACTS).started({ pid: other.pid, started: '1' });
    for (const when of ['at_once', 'later'] as const) {
      const { ended } = await reapRun({ ledger: folder.at('processes.jsonl'), run: RUN, when });
      expect(ended).toEqual([]);
      ledger.forSet(FACTS).started({ pid: other.pid, started: '1' });
    }
    expect(await processStart(other.pid)).toBe(other.started);
    process.kill(other.pid, 'SIGKILL');
    ledger.close();
  });

  test('reads over what is broken in the ledger, and takes none for nothing to do', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('processes.jsonl');
    const run = { ledger: path, run: RUN, when: 'later' } as const;
    expect(await reapRun(run)).toEqual({ ended: [], survivors: [] });
    const ledger = await openLedger(folder);
    await appendFile(path, '{"type":"started","lead\n\0\0\n');
    const noted = await started();
    ledger.forSet(FACTS).started(noted);
    expect((await reapRun(run)).ended.map(({ pid }) => pid)).toEqual([noted.pid]);
    ledger.close();
  });
});

describe('isSurelyOurs', () => {
  const leader = { pid: 20, started: '5' };
  const entry = (pid: number, more: Partial<ProcessEntry> = {}): [number, ProcessEntry] => [
    pid,
    { pid, parent: 1, group: 20, started: '5', cpu_ticks: 0, marked: false, ...more },
  ];

  test('says no where a later program may have got the pid', () => {
    expect(isSurelyOurs(leader, new Map([entry(20)]))).toBe(true);
    expect(isSurelyOurs(leader, new Map([entry(20, { started: '7' })]))).toBe(false);
    expect(isSurelyOurs({ pid: 20, started: null }, new Map([entry(20)]))).toBe(false);
    expect(isSurelyOurs(leader, new Map([entry(21)]))).toBe(false);
    expect(isSurelyOurs(leader, new Map([entry(21), entry(22, { marked: true })]))).toBe(true);
  });
});

describe('the ledger of a set', () => {
  test('has a line while it lives and another once nothing of it does', async () => {
    await using folder = await temporaryFolder();
    const ledger = await openLedger(folder);
    const lines = async (): Promise<readonly unknown[]> =>
      (await readFile(folder.at('processes.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    let seen: readonly unknown[] = [];
    await runInSet({
      command: 'sh',
      args: ['-c', 'echo runs'],
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '' },
      mark: FACTS.mark,
      ledger: ledger.forSet(FACTS),
      input: '',
      onStdout: async () => {
        seen = await lines();
      },
      onStderr: () => {},
      signal: new AbortController().signal,
    });
    expect(seen).toMatchObject([{ type: 'opened' }, { type: 'started', ...FACTS }]);
    expect(ledger.close()).toBe(true);
    const after = await lines();
    expect(after.slice(2)).toMatchObject([{ type: 'ended' }, { type: 'closed' }]);
    expect(after[2]).toHaveProperty('leader', (after[1] as { leader: unknown }).leader);
  });
});
