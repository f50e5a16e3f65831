import type { ProcessEntry } from './process-table.js';

/** `pid ppid pgid stat`, then the start as `Sat Nov 22 12:14:00 2026`, then the time as `[[days-]hours:]minutes:seconds`. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\d{4})\s+([\d:.-]+)\s*$/;

/** Reads `ps -axo pid=,ppid=,pgid=,stat=,lstart=,time=` in the C locale; zombies and other lines are left out. Pure. */
export function parsePsListing(text: string): readonly ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    if (match === null) return [];
    const [, pid, parent, group, state = '', started = '', time = ''] = match;
    if (state.startsWith('Z')) return [];
    const entry = { pid: Number(pid), parent: Number(parent), group: Number(group), started };
    return [{ ...entry, cpu_ticks: hundredths(time), marked: false }];
  });
}

function hundredths(time: string): number {
  const [days, clock] = time.includes('-') ? time.split('-', 2) : ['0', time];
  const seconds = (clock ?? '').split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 100);
}
