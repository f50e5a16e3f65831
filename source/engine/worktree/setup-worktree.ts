import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type GateRequest, runGate } from '../gate/run-gate.js';
import { findSetup, type SetupStep } from './find-setup.js';

/** What a setup is run with; what it has in common with a gate means the same. */
export interface SetupRequest extends Omit<GateRequest, 'commands' | 'cwd'> {
  /** The worktree. */
  readonly path: string;
  /** `[worktree] setup`: a command line, false for none, null where it is to be found from the lockfiles. */
  readonly configured: string | false | null;
  /** Paths of the worktree that are links into home. */
  readonly linked: readonly string[];
  /** Of the last setup that was ready in this worktree; null in a new one. */
  readonly lastFingerprint: string | null;
}

export type SetupResult =
  /** `ran` is false where there was nothing to do, or the same had been done already. */
  | { readonly kind: 'ready'; readonly fingerprint: string; readonly ran: boolean }
  /** A command was red or took too long. `tail` has its last lines, freed of control sequences. */
  | { readonly kind: 'failed'; readonly command: string; readonly tail: string }
  | { readonly kind: 'aborted' };

/**
 * Makes a worktree usable: runs its setup unless the same commands have already been run there with the same lockfiles.
 * Rejects when the worktree or a lockfile cannot be read, or the log not be written.
 */
export async function setupWorktree(request: SetupRequest): Promise<SetupResult> {
  const { path, configured, linked, lastFingerprint, ...common } = request;
  const steps = findSetup({ files: await readdir(path), configured, linked });
  // Taken before it runs: a setup may write its lockfile, and the next attempt begins with the committed one again.
  const fingerprint = await fingerprintOf(path, steps);
  if (steps.length === 0 || fingerprint === lastFingerprint)
    return { kind: 'ready', fingerprint, ran: false };

  const commands = steps.map(({ command }) => ({ name: 'setup', command }));
  const { outcome, failed, tail } = await runGate({ ...common, commands, cwd: path });
  if (outcome === 'green') return { kind: 'ready', fingerprint, ran: true };
  if (outcome === 'aborted') return { kind: 'aborted' };
  return { kind: 'failed', command: failed?.command ?? '', tail };
}

/** SHA-256 over the commands, and over name and bytes of the lockfiles that they depend on. */
async function fingerprintOf(path: string, steps: readonly SetupStep[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { command, depends_on } of steps) {
    hash.update(`${JSON.stringify([command, depends_on])}\n`);
    for (const lockfile of depends_on) {
      const bytes = await readLockfile(join(path, lockfile));
      hash.update(`${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest('hex');
}

/** A folder, or a pipe that would never end, counts as an empty lockfile. */
async function readLockfile(file: string): Promise<Buffer> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    // A link into nowhere.
    if (error.code === 'ENOENT' || error.code === 'ELOOP') return null;
    throw error;
  });
  return found?.isFile() ? await readFile(file) : Buffer.alloc(0);
}
