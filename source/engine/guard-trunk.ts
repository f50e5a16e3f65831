import { checkTrunk } from './check-trunk.js';
import { GitError } from './git/git.js';
import type { RunContext, Worker } from './run-context.js';
import { guardThreshold } from './stop.js';

/**
 * Gates trunk itself once too many attempts in a row have failed (LOOP.md §7): green, their count starts again; red,
 * the reason to stop is returned, since every further agent would fail as well. Lends the worktree of an idle worker.
 */
export async function guardTrunk(context: RunContext, worker: Worker): Promise<string | null> {
  const { events, gate, start } = context;
  const { failures_in_row, run } = events.state;
  if (failures_in_row < guardThreshold(run?.jobs ?? 1) || gate.length === 0) return null;
  const trunk = events.state.trunk ?? start.sha;
  const checked = await checkTrunk(context, worker, trunk, 'trunk').catch((error: unknown) => {
    // The next failure asks again, with its own worker.
    if (error instanceof GitError) return { kind: 'unknown', reason: error.message } as const;
    throw error;
  });
  if (checked.kind === 'aborted' || checked.kind === 'unknown') return null;
  const { kind: outcome, tree, duration_ms } = checked;
  const tail = checked.kind === 'red' ? checked.tail : '';
  await events.record({ type: 'trunk.checked', tree, outcome, duration_ms, tail });
  return checked.kind === 'red' ? `trunk itself is red: ${checked.reason}` : null;
}
