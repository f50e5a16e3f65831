import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { QueueError, type TaskQueue } from '../ports.js';
import { BdProgram } from './bd-program.js';
import { checkBdVersion } from './bd-version.js';
import { BeadsQueue } from './beads-queue.js';
import { FileQueue } from './file-queue.js';
import { idPrefix } from './task-ids.js';

/** Where a project's queue is looked for, all paths absolute. */
export interface QueuePlaces {
  /** The worktree that hew was started in. */
  readonly home: string;
  /** The project's `.hew`, beside which the main worktree's `.beads` lies. */
  readonly hew: string;
  /** The project's name. */
  readonly project: string;
}

export interface OpenQueueOptions {
  /** What `--queue` says; `auto` is beads where the project has it. */
  readonly choice: 'auto' | 'file' | 'beads';
  readonly places: QueuePlaces;
  /** The whole environment for bd, bound to no repository. */
  readonly env: Readonly<Record<string, string>>;
  readonly now?: () => Date;
}

export type OpenedQueue =
  | { readonly kind: 'opened'; readonly queue: TaskQueue }
  /** Says what is wrong and what mends it. */
  | { readonly kind: 'missing'; readonly problem: string };

/** The file of a project's embedded queue. */
export function queuePath({ hew }: Pick<QueuePlaces, 'hew'>): string {
  return join(hew, 'tasks.jsonl');
}

/**
 * Whether bd would find a workspace here: named by `BEADS_DIR`, in the worktree itself (the database, or a redirect to
 * it), or in the main worktree, which bd reaches through git's common dir. Rejects with the file system's error.
 */
export async function hasBeads(
  { home, hew }: Pick<QueuePlaces, 'home' | 'hew'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (env['BEADS_DIR']) return true;
  const found = await Promise.all([home, dirname(hew)].map((root) => isFolder(join(root, '.beads'))));
  return found.includes(true);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Opens the queue that was chosen, and sees to it that bd is there and new enough where it is beads. */
export async function openQueue({ choice, places, env, now }: OpenQueueOptions): Promise<OpenedQueue> {
  const beads = choice === 'beads' || (choice === 'auto' && (await hasBeads(places, env)));
  if (beads) return await openBeads(places, env);
  const file = { path: queuePath(places), prefix: idPrefix(places.project) };
  return { kind: 'opened', queue: new FileQueue(now ? { ...file, now } : file) };
}

async function openBeads({ home }: QueuePlaces, env: Readonly<Record<string, string>>): Promise<OpenedQueue> {
  const bd = new BdProgram({ cwd: home, env });
  try {
    const told = await bd.run({ args: ['version'], actor: 'hew', writes: false });
    const version = checkBdVersion(told.stdout);
    if ('problem' in version) return { kind: 'missing', problem: version.problem };
    return { kind: 'opened', queue: new BeadsQueue({ bd, version }) };
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    return { kind: 'missing', problem: error.message };
  }
}
