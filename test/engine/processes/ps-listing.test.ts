import { expect, test } from 'vitest';
import { parsePsListing } from '../../../source/engine/processes/ps-listing.js';

test('reads what ps prints on macOS and Linux, zombies and headings left out', () => {
  const listing = [
    '  PID  PPID  PGID STAT STARTED TIME',
    '    1     0     1 Ss   Sat Nov 22 12:14:00 2026   1:02.50',
    '  501     1   500 R+   Sun Nov  2 02:04:09 2026  2-03:04:05',
    '  502     1   500 Z    Sun Nov  2 02:04:09 2026  00:00:00',
    '',
  ].join('\n');
  expect(parsePsListing(listing)).toEqual([
    { pid: 1, parent: 0, group: 1, started: 'Sat Nov 22 12:14:00 2026', cpu_ticks: 6250, marked: false },
    {
      pid: 501,
      parent: 1,
      group: 500,
      started: 'Sun Nov  2 02:04:09 2026',
      cpu_ticks: 18_384_500,
      marked: false,
    },
  ]);
});
