import { randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** A lock that its holder no longer renews counts as left behind by a process that was killed. */
const STALE_MS = 10_000;
const RENEW_MS = 2_000;

/** Well above the time after which a lock that was left behind is taken over. */
const PATIENCE_MS = 30_000;

/** The right to change the queue's file; given back at the end of its scope. */
export interface QueueLock extends AsyncDisposable {
  /**
   * Whether it is still ours. It is not when this process was stopped for so long (a suspended machine, `kill -STOP`)
   * that another one has taken it over: then nothing may be written.
   */
  isHeld(): Promise<boolean>;
}

/** The folder that stands for the lock of a file. */
export function lockPath(path: string): string {
  return `${path}.lock`;
}

/**
 * Waits for the lock beside `path`, whose folder must exist, for at most 30 seconds. Rejects with the error of
 * proper-lockfile: code `ELOCKED` when others hold it all the time, else what the file system says.
 */
export async function acquireQueueLock(path: string): Promise<QueueLock> {
  let lost = false;
  const release = await patiently(() =>
    lock(path, {
      realpath: false,
      stale: STALE_MS,
      update: RENEW_MS,
      onCompromised: () => {
        lost = true;
      },
    }),
  );
  const ours = await identity(path);
  const isHeld = async (): Promise<boolean> => !lost && ours !== null && ours === (await identity(path));
  return {
    isHeld,
    async [Symbol.asyncDispose]() {
      // What another process holds by now is not ours to remove.
      if (await isHeld()) await release();
    },
  };
}

/** Tries again while others hold the lock. The retries of proper-lockfile would also wait out what waiting cannot mend. */
async function patiently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const held = (error as NodeJS.ErrnoException).code === 'ELOCKED';
      if (!held || performance.now() - started > PATIENCE_MS) throw error;
    }
    // Held for a few milliseconds at a time; at random, so that those who wait do not ask in step.
    await setTimeout(randomInt(5, 50));
  }
}

/** What tells this lock from a later one of the same name; null when there is none. */
async function identity(path: string): Promise<string | null> {
  try {
    const { ino, birthtimeNs } = await stat(lockPath(path), { bigint: true });
    return `${ino}:${birthtimeNs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
