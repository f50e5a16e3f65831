import {
  processStart,
  readProcessTable,
  type MarkSearch,
  type ProcessEntry,
  type ProcessTable,
} from './process-table.js';

/** The first process of a group: the group has its pid as its number. */
export interface GroupLeader {
  readonly pid: number;
  /** When it started, as the table tells it; null when it was gone before that could be asked. */
  readonly started: string | null;
}

/**
 * What makes the set of a slot (LOOP.md §8): its process groups, everything that carries its mark in the environment,
 * and the descendants of both.
 */
export interface ProcessSet {
  /** `HEW_MARK_<8 hex of the run>=w<n>`; with nothing after the `=`, all workers of the run; null: no mark. */
  readonly mark: string | null;
  readonly groups: readonly GroupLeader[];
  /** When the first of its processes can have started; not given, the oldest leader is the first. */
  readonly since?: string | null;
}

/** Notes when a process that has just been started did start, so that its group is told from a later one. */
export async function groupLedBy(pid: number): Promise<GroupLeader> {
  return { pid, started: await processStart(pid) };
}

/**
 * What to look for in a scan for this set. Its processes are no older than the oldest leader, where the leaders are
 * known: so the environments of most of the machine's processes need not be read. Pure.
 */
export function searchFor({ mark, groups, since }: ProcessSet): MarkSearch {
  if (since !== undefined) return { mark, since };
  const starts = groups.map(({ started }) => Number(started ?? 0));
  return { mark, since: starts.length === 0 ? null : String(Math.min(...starts)) };
}

/**
 * The members of a set that live in `table`, never this process or one that it descends from. `known` are members that
 * were found before: they stay members although their parents are gone. Pure.
 */
export function membersOf(
  table: ProcessTable,
  set: ProcessSet,
  known: readonly ProcessEntry[] = [],
  self: number = process.pid,
): readonly ProcessEntry[] {
  const spared = lineOf(self, table);
  const groups = new Set(
    set.groups.filter((leader) => isStillOurs(leader, table)).map((leader) => leader.pid),
  );
  const members = new Set<number>();
  for (const entry of table.values()) {
    if (entry.marked || groups.has(entry.group)) members.add(entry.pid);
  }
  for (const entry of known) {
    if (table.get(entry.pid)?.started === entry.started) members.add(entry.pid);
  }
  for (const pid of spared) members.delete(pid);

  let before: number;
  do {
    before = members.size;
    for (const entry of table.values()) {
      if (members.has(entry.parent) && !spared.has(entry.pid)) members.add(entry.pid);
    }
  } while (members.size > before);
  return [...table.values()].filter((entry) => members.has(entry.pid));
}

/** The process and all that it descends from. */
function lineOf(pid: number, table: ProcessTable): ReadonlySet<number> {
  const line = new Set<number>([pid]);
  for (let parent = table.get(pid)?.parent; parent !== undefined && !line.has(parent);) {
    line.add(parent);
    parent = table.get(parent)?.parent;
  }
  return line;
}

/** A pid is not given again while its group lives, so only a new process of that pid can have taken the group over. */
function isStillOurs(leader: GroupLeader, table: ProcessTable): boolean {
  const found = table.get(leader.pid);
  return found === undefined || leader.started === null || found.started === leader.started;
}

/** The numbers of the set's groups that may be signalled as a whole: none that this process or its line is in. Pure. */
export function groupsToEnd(
  table: ProcessTable,
  set: ProcessSet,
  self: number = process.pid,
): readonly number[] {
  const spared = new Set([...lineOf(self, table)].map((pid) => table.get(pid)?.group));
  const living = new Set([...table.values()].map((entry) => entry.group));
  return set.groups
    .filter((leader) => living.has(leader.pid) && !spared.has(leader.pid) && isStillOurs(leader, table))
    .map((leader) => leader.pid);
}

/**
 * The processor time of the set's living members, in hundredths of a second. Two readings that differ, in whichever
 * direction, tell that something of the set has worked or ended in between.
 */
export async function cpuOf(set: ProcessSet): Promise<number> {
  return membersOf(await readProcessTable(searchFor(set)), set).reduce(
    (total, entry) => total + entry.cpu_ticks,
    0,
  );
}
