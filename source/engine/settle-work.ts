import type { Attempt } from './attempt.js';
import { GitError } from './git/git.js';
import { keepWork } from './keep-work.js';
import { restoreHome } from './restore-home.js';
import type { AttemptOutcome } from './run-attempt.js';
import type { RunContext } from './run-context.js';

/** Where an attempt's work is, and what can still be done where it was done. */
export interface SettledWork {
  readonly outcome: AttemptOutcome;
  readonly salvage: string | null;
  readonly worker_usable: boolean;
  readonly home_problem: string | null;
}

/** Sees to it that no work of the attempt can be lost, whatever it ended as. */
export async function settleWork(
  context: RunContext,
  attempt: Attempt,
  outcome: AttemptOutcome,
): Promise<SettledWork> {
  const { worker, task, base } = attempt;
  const settled = { outcome, salvage: null, worker_usable: true, home_problem: null };
  if (outcome.end === 'merged') {
    worker.unsaved = false;
    return settled;
  }
  if (outcome.end === 'conflict' || outcome.end === 'parked') {
    return { ...settled, worker_usable: false, home_problem: context.serial ? outcome.reason : null };
  }
  if (!worker.unsaved) return settled;
  const reason = outcome.reason ?? outcome.end;
  const kept = await keepWork(context, {
    worker,
    task: task.id,
    attempt: attempt.attempt,
    base,
    reason,
    result: outcome.result,
  }).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    return { kind: 'cannot', reason: error.message } as const;
  });
  if (kept.kind === 'kept') {
    if (!context.serial) return { ...settled, salvage: kept.ref };
    const home_problem = await restoreHome(context, attempt, outcome.result);
    return { ...settled, salvage: kept.ref, home_problem, worker_usable: home_problem === null };
  }
  // What git cannot hold must not be worked over: however the attempt ended, only a person can tell what becomes of it.
  const parked = { ...outcome, end: 'parked', reason: `${reason}; ${kept.reason}` } as const;
  return {
    ...settled,
    outcome: parked,
    worker_usable: false,
    home_problem: context.serial ? kept.reason : null,
  };
}
