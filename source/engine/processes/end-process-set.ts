import { setTimeout as pause } from 'node:timers/promises';
import { groupsToEnd, membersOf, searchFor, type ProcessSet } from './process-set.js';
import { readProcessTable, type ProcessEntry } from './process-table.js';

/** How a set of processes was ended. */
export interface SetEnding {
  /** Every process that was met and lives no more. */
  readonly ended: readonly ProcessEntry[];
  /** What lives although it was sent KILL: another user's process, or one that the kernel does not let go. */
  readonly survivors: readonly ProcessEntry[];
}

/** Times in milliseconds. */
export interface EndingTimes {
  /** Between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number;
  /** How long to wait for what was sent KILL; 10 000 if not given. */
  readonly killMs?: number;
}

interface Found {
  readonly members: readonly ProcessEntry[];
  /** Groups of the set that may be signalled as a whole. */
  readonly groups: readonly number[];
}

/** Most processes go at once on a TERM: so the first looks come soon, and later ones no more often than needed. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/**
 * Ends every process of a set: TERM and CONT, then KILL to what is left after the grace, looking again until nothing
 * of it lives. When it resolves, no member lives but the survivors that it names. Never ends this process or one that
 * it descends from. Never rejects for what a process does.
 */
export async function endProcessSet(set: ProcessSet, times: EndingTimes = {}): Promise<SetEnding> {
  const met = new Map<string, ProcessEntry>();
  const look = async (): Promise<Found> => {
    const table = await readProcessTable(searchFor(set));
    const members = membersOf(table, set, [...met.values()]);
    for (const entry of members) met.set(identity(entry), entry);
    return { members, groups: groupsToEnd(table, set) };
  };

  const asked = new Set<string>();
  const askToEnd = ({ members }: Found): void => {
    for (const entry of members.filter((entry) => !asked.has(identity(entry)))) {
      asked.add(identity(entry));
      // CONT, since a stopped process would not act on the TERM.
      send(entry.pid, 'SIGTERM');
      send(entry.pid, 'SIGCONT');
    }
  };

  const left = await untilGone(look, times.graceMs ?? 5000, askToEnd);
  const survivors = left.length === 0 ? left : await untilGone(look, times.killMs ?? 10_000, kill);
  for (const entry of survivors) met.delete(identity(entry));
  return { ended: [...met.values()], survivors };
}

function kill({ members, groups }: Found): void {
  // The groups first: the kernel ends a group at one moment, so what forks without end cannot outrun it.
  for (const group of groups) send(-group, 'SIGKILL');
  for (const { pid } of members) send(pid, 'SIGKILL');
}

/** Acts on the members of each look until two looks in a row find none, or the time is over: then what is left. */
async function untilGone(
  look: () => Promise<Found>,
  milliseconds: number,
  act: (found: Found) => void,
): Promise<readonly ProcessEntry[]> {
  const deadline = performance.now() + milliseconds;
  // Looking again and again is right here: what is not our child sends us no event when it ends.
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    let found = await look();
    // One look may just miss a process whose parent starts it and ends; two in a row do not.
    if (found.members.length === 0) found = await look();
    if (found.members.length === 0) return found.members;
    act(found);
    const left = deadline - performance.now();
    if (left <= 0) return found.members;
    await pause(Math.min(wait, left));
  }
}

function identity(entry: ProcessEntry): string {
  return `${entry.pid} ${entry.started}`;
}

/** Sends a signal. That the process is gone, or is not ours to end, shows in the next look. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
