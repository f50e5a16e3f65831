import type { ProcessEntry } from './process-table.js';

/** Of the flags in field 9: a thread of the kernel, which no program has started and which has no environment. */
const KERNEL_THREAD = 0x0020_0000;

/**
 * Reads a line of Linux's `/proc/<pid>/stat`. Null when it is not such a line, for a thread of the kernel, and for a
 * zombie, unless threads of it live on after the first has ended. Pure.
 */
export function parseProcStat(text: string): Omit<ProcessEntry, 'marked'> | null {
  // The second field is the program's name in parentheses, and may itself hold spaces, parentheses and newlines.
  const end = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  // Field n of proc(5) is here at n - 3.
  const fields = text.slice(end + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const started = fields[22 - 3];
  if (end === -1 || Number.isNaN(pid) || started === undefined) return null;
  const state = fields[0] ?? '';
  if ((field(9) & KERNEL_THREAD) !== 0) return null;
  if ('ZXx'.includes(state) && field(20) <= 1) return null;
  return {
    pid,
    parent: field(4),
    group: field(5),
    started,
    cpu_ticks: field(14) + field(15) + field(16) + field(17),
  };
}
