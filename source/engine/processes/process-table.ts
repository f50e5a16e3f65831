import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
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

/**
 * Scans the machine's processes once. What vanishes meanwhile, or may not be read, is left out. `mark` is an entry of
 * the environment, `NAME=value`; one that ends with `=` stands for all its values; null looks for none.
 */
export async function readProcessTable(mark: string | null): Promise<ProcessTable> {
  return process.platform === 'linux' ? await readProc(mark) : await readPs();
}

/** What tells the process of this pid from others that had or will have its pid; null when it does not live. */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return (await readStat(pid))?.started ?? null;
  return (await readPs()).get(pid)?.started ?? null;
}

async function readProc(mark: string | null): Promise<ProcessTable> {
  const table = new Map<number, ProcessEntry>();
  const seen = new Set<string>();
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    // A process that starts while the listing is read is met in the next pass, even if its parent is gone by then.
    const fresh = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && !seen.has(name));
    if (fresh.length === 0) break;
    for (const name of fresh) seen.add(name);
    const entries = await Promise.all(fresh.map((name) => readEntry(Number(name), mark)));
    for (const entry of entries) if (entry !== null) table.set(entry.pid, entry);
  }
  return table;
}

async function readEntry(pid: number, mark: string | null): Promise<ProcessEntry | null> {
  const stat = await readStat(pid);
  if (stat === null) return null;
  return { ...stat, marked: mark !== null && (await hasMark(pid, mark)) };
}

async function readStat(pid: number): Promise<Omit<ProcessEntry, 'marked'> | null> {
  const text = await readOrNull(`/proc/${pid}/stat`);
  return text === null ? null : parseProcStat(text);
}

async function hasMark(pid: number, mark: string): Promise<boolean> {
  const text = await readOrNull(`/proc/${pid}/environ`);
  if (text === null) return false;
  return `\0${text}`.includes(mark.endsWith('=') ? `\0${mark}` : `\0${mark}\0`);
}

/** Any reason not to read it means the same here: it is gone, or it is not ours. */
async function readOrNull(path: string): Promise<string | null> {
  return await readFile(path, 'latin1').catch(() => null);
}

async function readPs(): Promise<ProcessTable> {
  const columns = 'pid=,ppid=,pgid=,stat=,lstart=,time=';
  const { stdout } = await execa('ps', ['-axo', columns], { env: { LC_ALL: 'C' }, stdin: 'ignore' });
  return new Map(parsePsListing(stdout).map((entry) => [entry.pid, entry]));
}
