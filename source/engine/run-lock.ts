import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';
import { type RunId, runIdSchema } from './ids.js';
import { isAlive, ownIdentity, processIdentitySchema } from './processes/process-identity.js';

const holderSchema = processIdentitySchema.extend({ run_id: runIdSchema });
type Holder = z.infer<typeof holderSchema>;

/** Another run that is alive in this repository, as far as can be told. */
export interface LiveRun {
  readonly run_id: RunId | null;
  /** Who holds it, for people: a pid on this host, or another host. */
  readonly holder: string;
}

export type LockResult =
  | { readonly kind: 'locked'; readonly lock: RunLock }
  | { readonly kind: 'held'; readonly by: LiveRun };

/** The lock of the one live run of a repository; released when it is disposed of. */
export interface RunLock extends AsyncDisposable {
  readonly path: string;
}

/** Where the lock of a repository is: one for all of its worktrees. */
export function runLockPath(commonDir: string): string {
  return join(commonDir, 'hew-run.lock');
}

/** Takes the lock, from a run that is dead where need be. A run of another host or namespace counts as alive. */
export async function takeRunLock(commonDir: string, run: RunId): Promise<LockResult> {
  const path = runLockPath(commonDir);
  // Two that start at one moment must not both find a dead holder and write themselves over each other.
  const release = await lock(path, {
    realpath: false,
    // One that was killed while it took the lock keeps it for ten seconds.
    retries: { retries: 100, minTimeout: 20, maxTimeout: 200 },
  });
  try {
    const live = await findLiveRun(commonDir);
    if (live) return { kind: 'held', by: live };
    const own = { run_id: run, ...(await ownIdentity()) };
    await writeFileAtomic(path, `${JSON.stringify(own)}\n`, { mode: 0o600 });
    return { kind: 'locked', lock: { path, [Symbol.asyncDispose]: () => unlock(path, run) } };
  } finally {
    await release();
  }
}

/** The run that is alive in the repository, or null. */
export async function findLiveRun(commonDir: string): Promise<LiveRun | null> {
  const text = await readFile(runLockPath(commonDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const holder = holderSchema.safeParse(parseJson(text)).data;
  // The file is written in one piece: one that cannot be read is a newer hew's, and may be alive.
  if (!holder) return { run_id: null, holder: `whoever wrote ${runLockPath(commonDir)}` };
  return (await isAlive(holder)) ? { run_id: holder.run_id, holder: describe(holder) } : null;
}

async function unlock(path: string, run: RunId): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null && holderSchema.safeParse(parseJson(text)).data?.run_id === run)
    await rm(path, { force: true });
}

function describe(holder: Holder): string {
  return holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
