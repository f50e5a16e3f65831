import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { BUILT_PROGRAMS } from '../built-programs.js';

const ALARMING_LINE = join(BUILT_PROGRAMS, 'alarming-line.js');

/** What a terminal of 16 colours is sent for an alarming line; what it can do is found out once in a process. */
async function alarm(color: boolean): Promise<string> {
  const { stdout } = await execa(process.execPath, [ALARMING_LINE, String(color)], {
    env: { FORCE_COLOR: '1' },
  });
  return stdout;
}

it('colours with the sixteen colours that every terminal has, or not at all', async () => {
  expect(await alarm(true)).toBe('\u001B[1m\u001B[31mbroken\u001B[39m\u001B[22m');
  expect(await alarm(false)).toBe('\u001B[1mbroken\u001B[22m');
});
