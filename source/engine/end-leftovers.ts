import { setTimeout as pause } from 'node:timers/promises';
import { runMark } from './ids.js';
import { endProcessSet } from './processes/end-process-set.js';
import { readProcessTable } from './processes/process-table.js';
import type { TrunkContext } from './run-context.js';

/** A git that takes longer is at something large; whoever waits wants to know of it. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Ends what agents, gates and setups of a dead run have left running, and waits for hew's own git, which is never ended
 * (LOOP.md §10). Returns what is still alive after all, with what to do, or null.
 */
export async function endLeftovers({ run, environments }: TrunkContext): Promise<string | null> {
  const { survivors } = await endProcessSet({ mark: runMark(run), groups: [] });
  if (survivors.length > 0) {
    const pids = survivors.map(({ pid }) => pid).join(' ');
    return `Processes of ${run} cannot be ended (${pids}). End them, then try again: kill -KILL ${pids}`;
  }
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const pids = await ownGit(environments.hew['GIT_CEILING_DIRECTORIES']);
    if (pids.length === 0) return null;
    if (performance.now() > deadline) {
      return `git of ${run} is still at work (process ${pids.join(', ')}), and hew never ends it. Wait for it, then try again.`;
    }
    await pause(PAUSE_MS);
  }
}

/** The processes that work in the run's own ceiling and that this one has not started. */
async function ownGit(ceiling: string | undefined): Promise<number[]> {
  if (ceiling === undefined) return [];
  const table = await readProcessTable({ mark: `GIT_CEILING_DIRECTORIES=${ceiling}` });
  return [...table.values()]
    .filter(({ marked, parent, pid }) => marked && parent !== process.pid && pid !== process.pid)
    .map(({ pid }) => pid);
}
