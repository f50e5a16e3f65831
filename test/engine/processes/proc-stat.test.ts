import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProcStat } from '../../../source/engine/processes/proc-stat.js';

function line(
  name: string,
  {
    state = 'S',
    flags = 0x0040_0000,
    threads = 1,
  }: { state?: string; flags?: number; threads?: number } = {},
): string {
  return `4321 (${name}) ${state} 11 22 33 0 -1 ${flags} 9 9 9 9 1 2 3 4 20 0 ${threads} 0 987654 1000 200 0\n`;
}
const ENTRY = { pid: 4321, parent: 11, group: 22, started: '987654', cpu_ticks: 10 };

describe('parseProcStat', () => {
  test('reads a process, whatever its name holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(') S 1 1', '(x', 'a) (b', '\n')), (name) => {
        expect(parseProcStat(line(name))).toEqual(ENTRY);
      }),
    );
  });

  test('leaves out what runs nothing of ours: zombies and threads of the kernel', () => {
    expect(parseProcStat(line('gone', { state: 'Z' }))).toBeNull();
    expect(parseProcStat(line('kworker/0:1', { flags: 0x0420_8060 }))).toBeNull();
  });

  test('a zombie whose threads live on is a process', () => {
    expect(parseProcStat(line('half', { state: 'Z', threads: 3 }))).toEqual(ENTRY);
  });

  test('is null for what is no such line', () => {
    for (const text of ['', 'nonsense', '12 (cut off', '12 (short) S 1'])
      expect(parseProcStat(text)).toBeNull();
  });

  test.runIf(process.platform === 'linux')('reads this very process', async () => {
    const entry = parseProcStat(await readFile('/proc/self/stat', 'latin1'));
    expect(entry).toMatchObject({ pid: process.pid, parent: process.ppid });
  });
});
