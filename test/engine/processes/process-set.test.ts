import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupsToEnd, membersOf, type ProcessSet } from '../../../source/engine/processes/process-set.js';
import type { ProcessEntry, ProcessTable } from '../../../source/engine/processes/process-table.js';

function entry(pid: number, parent: number, group: number, marked = false): ProcessEntry {
  return { pid, parent, group, started: `s${pid}`, cpu_ticks: 0, marked };
}
function table(...entries: readonly ProcessEntry[]): ProcessTable {
  return new Map(entries.map((entry) => [entry.pid, entry]));
}
function pids(entries: readonly ProcessEntry[]): readonly number[] {
  return entries.map(({ pid }) => pid).sort((a, b) => a - b);
}

/** Hew is 10, started by a shell 5; its agent leads group 20. */
const HEW = [entry(1, 0, 1), entry(5, 1, 5), entry(10, 5, 10)];
const SET: ProcessSet = { mark: 'HEW_MARK_0=w0', groups: [{ pid: 20, started: 's20' }] };

describe('membersOf', () => {
  test('has the group, what is marked, and the descendants of both', () => {
    const found = membersOf(
      table(
        ...HEW,
        entry(20, 10, 20),
        entry(21, 20, 20),
        entry(30, 1, 30, true),
        entry(31, 30, 31),
        entry(32, 31, 32),
        entry(40, 1, 40),
        entry(41, 10, 41),
      ),
      SET,
      [],
      10,
    );
    expect(pids(found)).toEqual([20, 21, 30, 31, 32]);
  });

  test('finds descendants whatever the order of their pids', () => {
    const found = membersOf(
      table(...HEW, entry(15, 16, 15), entry(16, 17, 16), entry(17, 20, 17), entry(20, 10, 20)),
      SET,
      [],
      10,
    );
    expect(pids(found)).toEqual([15, 16, 17, 20]);
  });

  test('spares this process and its line, even where they carry the mark or are in the group', () => {
    const marked = table(
      entry(1, 0, 1, true),
      entry(5, 1, 20, true),
      entry(10, 5, 20, true),
      entry(20, 10, 20),
    );
    expect(pids(membersOf(marked, SET, [], 10))).toEqual([20]);
    expect(groupsToEnd(marked, SET, 10)).toEqual([]);
  });

  test('does not take a later process for a member that had its pid', () => {
    const known = [entry(50, 20, 50), entry(51, 20, 51)];
    const found = membersOf(
      table(...HEW, { ...entry(50, 1, 50), started: 'later' }, entry(51, 1, 51)),
      SET,
      known,
      10,
    );
    expect(pids(found)).toEqual([51]);
  });

  test('does not take a later group for the one that had its number', () => {
    const later = table(...HEW, { ...entry(20, 1, 20), started: 'later' }, entry(21, 20, 20));
    expect(membersOf(later, SET, [], 10)).toEqual([]);
    expect(groupsToEnd(later, SET, 10)).toEqual([]);
  });

  test('keeps a group whose leader has gone', () => {
    const left = table(...HEW, entry(21, 1, 20));
    expect(pids(membersOf(left, SET, [], 10))).toEqual([21]);
    expect(groupsToEnd(left, SET, 10)).toEqual([20]);
  });

  test('in any table: never this process or its line, and always closed under children', () => {
    const processes = fc
      .array(fc.record({ parent: fc.nat(30), group: fc.constantFrom(7, 8, 20), marked: fc.boolean() }), {
        minLength: 30,
        maxLength: 30,
      })
      .map((list) =>
        table(...list.map(({ parent, group, marked }, pid) => entry(pid, parent, group, marked))),
      );
    fc.assert(
      fc.property(processes, (processes) => {
        const found = new Set(pids(membersOf(processes, SET, [], 10)));
        const line = new Set<number>();
        for (let pid: number | undefined = 10; pid !== undefined && !line.has(pid);) {
          line.add(pid);
          pid = processes.get(pid)?.parent;
        }
        expect([...line].filter((pid) => found.has(pid))).toEqual([]);
        const missed = [...processes.values()].filter(
          ({ pid, parent, marked }) => !line.has(pid) && (marked || found.has(parent)) && !found.has(pid),
        );
        expect(missed).toEqual([]);
      }),
    );
  });
});
