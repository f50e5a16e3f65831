import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parseProcStat } from './proc-stat.js';
import { parsePsListing } from './ps-listing.js';

/** One living process. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group. */
  readonly group: number;
  /** When it started, in words that only compare: with the pid they tell a process from a later one of the same pid. */
  readonly started: string;
  /**
   * Hundredths of a second of processor time, on Linux with that of the children that it has waited for: so the work
   * of a short-lived child is seen although no scan met it.
   */
  readonly cpu_ticks: number;
  /** Whether its environment holds the mark that was asked for. Always false where environments cannot be read. */
  readonly marked: boolean;
}

/** The living processes of the machine, by pid. Zombies are not in it: nothing of them runs. */
export type ProcessTable = ReadonlyMap<number, ProcessEntry>;

/** The listing is read again while it grows, but a machine that starts processes without end must not hold us. */
const MAX_PASSES = 5;
/** Of `ps`: far above what the most processes that a system allows would take. */
const MAX_LISTING_BYTES = 64 * 1024 * 1024;

/** Whose environments are looked at. */
export interface MarkSearch {
  /** An entry of the environment, `NAME=value`; one that ends with `=` stands for all its values; null: none. */
  readonly mark: string | null;
  /** Nothing that started before this can carry the mark, as {@link ProcessEntry.started} tells it; null: not known. */
  readonly since?: string | null;
}

/** Scans the machine's processes once. What vanishes meanwhile, or may not be read, is left out. */
export async function readProcessTable(search: MarkSearch): Promise<ProcessTable> {
  return process.platform === 'linux' ? await readProc(search) : await readPs();
}

/** What tells the process of this pid from others that had or will have its pid; null when it does not live. */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return readStat(pid)?.started ?? null;
  return (await readPs()).get(pid)?.started ?? null;
}

async function readProc({ mark, since }: MarkSearch): Promise<ProcessTable> {
  const table = new Map<number, ProcessEntry>();
  const seen = new Set<string>();
  const first = Number(since ?? 0);
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    // A process that starts while the listing is read is met in the next pass, even if its parent is gone by then.
    const fresh = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !seen.has(name));
    if (fresh.length === 0) break;
    const entries = fresh.flatMap((name) => {
      seen.add(name);
      return readStat(Number(name)) ?? [];
    });
    await Promise.all(
      entries.map(async (entry) => {
        const marked = mark !== null && Number(entry.started) >= first && (await hasMark(entry.pid, mark));
        table.set(entry.pid, { ...entry, marked });
      }),
    );
  }
  return table;
}

/** Synchronous, since the kernel has it at hand: a thread for each of many small files costs several times as much. */
function readStat(pid: number): Omit<ProcessEntry, 'marked'> | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // Any reason means the same here: it is gone, or it is not ours.
    return null;
  }
  return parseProcStat(text);
}

/** Asynchronous: an environment lies in the memory of its process, which may have to be waited for. */
async function hasMark(pid: number, mark: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return `\0${text}`.includes(mark.endsWith('=') ? `\0${mark}` : `\0${mark}\0`);
}

async function readPs(): Promise<ProcessTable> {
  const columns = 'pid=,ppid=,pgid=,stat=,lstart=,time=';
  // Node's own, since the guardian, which waits as long as the run, loads nothing that it can do without.
  const { stdout } = await promisify(execFile)('ps', ['-axo', columns], {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: MAX_LISTING_BYTES,
  });
  return new Map(parsePsListing(stdout).map((entry) => [entry.pid, entry]));
}
