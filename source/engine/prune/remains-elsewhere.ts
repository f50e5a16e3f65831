import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunId } from '../ids.js';
import { findLiveRun } from '../run-lock.js';
import { readRunRemains, type RunRemains } from './run-remains.js';

/** What a project has written of itself beside its worktrees. */
interface OtherProject {
  readonly common_dir: string;
  /** The run's folder, where that is named. */
  readonly folder?: string | undefined;
}

/**
 * What is left of a run of another project, by its own lock and files, or why that cannot be told. Only reads, and never
 * throws for what is there.
 */
export async function remainsElsewhere(
  { common_dir, folder }: OtherProject,
  run: RunId,
): Promise<RunRemains | { readonly unknown: string }> {
  const hew = folder === undefined ? join(dirname(common_dir), '.hew') : dirname(dirname(folder));
  try {
    // Whoever works there may do so where this machine cannot look.
    await access(common_dir);
    const left = await readRunRemains({ hew }, run, await findLiveRun(common_dir));
    return left.life.kind === 'unreadable' ? { unknown: left.life.problem } : left;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { unknown: code === 'ENOENT' ? `its repository ${common_dir} is not there` : message };
  }
}
