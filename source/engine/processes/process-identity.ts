import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { processStart } from './process-table.js';

/** What tells one process from every other that was or will be, also across reboots, hosts and containers. */
export const processIdentitySchema = z.object({
  pid: z.int().positive(),
  /** With the pid it tells the process from a later one of the same pid. */
  started: z.string().nullable(),
  /** Null where the system has none. */
  boot_id: z.string().nullable(),
  host: z.string(),
  pid_namespace: z.string().nullable(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Who this process is. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const read = (promise: Promise<string>): Promise<string | null> =>
    promise.then(
      (text) => text.trim(),
      () => null,
    );
  return {
    pid: process.pid,
    started: await processStart(process.pid),
    boot_id: await read(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    host: hostname(),
    pid_namespace: await read(readlink('/proc/self/ns/pid')),
  };
}

/** What can be known here of a process that was told by its identity. */
export type Reach =
  /** Its pid means here what it meant there. */
  | 'here'
  /** The machine has been started again since: it lives no more. */
  | 'gone'
  /** Another host or pid namespace: nothing can be known of it, and nothing done. */
  | 'elsewhere';

/** Where a process was, seen from another. Pure. */
export function reachOf(identity: ProcessIdentity, self: ProcessIdentity): Reach {
  if (identity.host !== self.host) return 'elsewhere';
  // After a reboot no process of before lives, whatever namespace it was in.
  if (identity.boot_id !== self.boot_id) return 'gone';
  return identity.pid_namespace === self.pid_namespace ? 'here' : 'elsewhere';
}

/** Whether the process lives; one of another host or namespace counts as alive. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  switch (reachOf(identity, await ownIdentity())) {
    case 'elsewhere':
      return true;
    case 'gone':
      return false;
    case 'here': {
      const started = await processStart(identity.pid);
      return started !== null && (identity.started === null || identity.started === started);
    }
  }
}
