import { join } from 'node:path';
import { isIntact, quitOperation, resetAndClean } from './git/worktree.js';
import type { Sha } from './ids.js';
import type { TrunkContext, Worker } from './run-context.js';
import { workerSet } from './run-context.js';
import { carryFiles } from './worktree/carry-files.js';
import { setupWorktree } from './worktree/setup-worktree.js';

/** How preparing a worktree ended. */
export type Prepared =
  | { readonly kind: 'ready' }
  /** Nothing was deleted: the folder is no longer what hew made. */
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'setup_failed'; readonly reason: string; readonly tail: string }
  | { readonly kind: 'aborted' };

/** What is said of a worktree in which git no longer finds its own repository. */
export const NOT_INTACT =
  'git no longer finds this worktree as it was made: its .git file is gone, changed or it was moved';

/**
 * Puts a worktree at a commit, with nothing of an earlier attempt but what git ignores, and runs its setup where that is
 * due. The caller has salvaged what was in it.
 */
export async function prepareWorktree(
  context: TrunkContext,
  worker: Worker,
  base: Sha,
  log: string,
  signal: AbortSignal,
): Promise<Prepared> {
  const { git, places } = context;
  const { worktree } = worker;
  if (!(await isIntact(git, worktree))) return { kind: 'lost', reason: NOT_INTACT };
  await quitOperation(git, worktree);
  await resetAndClean(git, worktree, base);
  await carryFiles(context.carried, places.home, worktree.path);
  return setUp(context, worker, log, signal);
}

async function setUp(
  context: TrunkContext,
  worker: Worker,
  log: string,
  signal: AbortSignal,
): Promise<Prepared> {
  const { settings } = context;
  const result = await setupWorktree({
    path: worker.worktree.path,
    configured: settings.worktree.setup,
    linked: context.carried.linked,
    env: context.environments.gate,
    ...workerSet(context, worker, 'setup', null),
    log: join(log, 'setup.log'),
    timeout_ms: settings.gate.timeout_ms,
    lastFingerprint: worker.setup,
    signal,
  });
  switch (result.kind) {
    case 'ready':
      worker.setup = result.fingerprint;
      return { kind: 'ready' };
    case 'failed':
      return {
        kind: 'setup_failed',
        reason: `the worktree's setup failed: ${result.command}`,
        tail: result.tail,
      };
    case 'aborted':
      return { kind: 'aborted' };
  }
}
