import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerLine } from '../../../source/engine/processes/ledger-lines.js';
import { openSets } from '../../../source/engine/processes/open-sets.js';
import type { ProcessIdentity } from '../../../source/engine/processes/process-identity.js';

const SELF: ProcessIdentity = {
  pid: 1,
  started: '900',
  boot_id: 'now',
  host: 'here',
  pid_namespace: 'pid:1',
};
const opened = (pid: number, more: Partial<ProcessIdentity> = {}): LedgerLine => ({
  type: 'opened',
  hew: { ...SELF, pid, started: String(pid), ...more },
});
const started = (pid: number): LedgerLine => ({
  type: 'started',
  leader: { pid, started: `s${pid}` },
  role: 'agent',
  mark: 'HEW_MARK_00000000=w0',
  slot: 1,
  iteration: 1,
});
const ended = (pid: number): LedgerLine => ({ type: 'ended', leader: { pid, started: `s${pid}` } });
const pidsOf = (lines: readonly LedgerLine[]): readonly number[] =>
  openSets(lines, SELF).groups.map(({ pid }) => pid);

describe('openSets', () => {
  test('has what was started and not ended, whatever came between', () => {
    const pid = fc.integer({ min: 2, max: 9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), pid)), (steps) => {
        const open = new Set<number>();
        const lines: LedgerLine[] = [opened(100)];
        for (const [starts, each] of steps) {
          if (starts === open.has(each)) continue;
          if (starts) open.add(each);
          else open.delete(each);
          lines.push(starts ? started(each) : ended(each));
        }
        expect(new Set(pidsOf(lines))).toEqual(open);
      }),
    );
  });

  test('keeps what a killed hew has left when another goes on with the run', () => {
    const known = openSets([opened(100), started(2), opened(200), started(3)], SELF);
    expect(known.groups.map(({ pid }) => pid)).toEqual([2, 3]);
    expect(known).toMatchObject({ since: '100', hew: { pid: 200 } });
  });

  test('forgets what came before a reboot, or was in another container', () => {
    expect(pidsOf([opened(100, { boot_id: 'before' }), started(2), opened(200), started(3)])).toEqual([3]);
    expect(pidsOf([opened(100, { host: 'there' }), started(2), opened(200), started(3)])).toEqual([3]);
  });

  test('has nothing, and no hew, once the run was closed', () => {
    expect(openSets([opened(100), started(2), { type: 'closed' }], SELF)).toMatchObject({
      hew: null,
      groups: [],
    });
  });
});
