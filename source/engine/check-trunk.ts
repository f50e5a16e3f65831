import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { workerFolder } from './attempt.js';
import { runGate } from './gate/run-gate.js';
import { treeOf } from './git/merge.js';
import type { Sha } from './ids.js';
import type { GateResult } from './ports.js';
import { prepareWorktree } from './prepare.js';
import { type TrunkContext, type Worker, workerSet } from './run-context.js';

/** What the gate says of a commit on which no agent has worked. */
export type TrunkChecked =
  | { readonly kind: 'green'; readonly tree: Sha; readonly duration_ms: number }
  | {
      readonly kind: 'red';
      readonly tree: Sha;
      readonly duration_ms: number;
      readonly reason: string;
      readonly tail: string;
    }
  /** It could not be gated at all. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'aborted' };

/**
 * Gates a commit as it is, in a worker's worktree: the base before the first claim, and trunk itself after too many
 * failures in a row. What is remembered of the tree does not count, since the world around it may have changed.
 */
export async function checkTrunk(
  context: TrunkContext,
  worker: Worker,
  commit: Sha,
  name: 'base' | 'trunk',
): Promise<TrunkChecked> {
  const { worktree } = worker;
  const folder = workerFolder(context, worker.worker);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const tree = await treeOf(context.git, context.places.home, commit);
  if (!context.serial) {
    const prepared = await prepareWorktree(context, worker, commit, folder, context.aborted);
    switch (prepared.kind) {
      case 'ready':
        break;
      case 'aborted':
        return { kind: 'aborted' };
      case 'lost':
        return { kind: 'unknown', reason: prepared.reason };
      case 'setup_failed':
        return { kind: 'red', tree, duration_ms: 0, reason: prepared.reason, tail: prepared.tail };
    }
  }
  const result = await runGate({
    commands: context.gate,
    cwd: worktree.path,
    env: context.environments.gate,
    ...workerSet(context, worker, 'gate', null),
    log: join(folder, `${name}.gate.log`),
    timeout_ms: context.settings.gate.timeout_ms,
    signal: context.aborted,
  });
  if (result.outcome === 'green') await context.green.remember(tree, context.gate, context.clock.now());
  return checked(result, tree);
}

function checked(result: GateResult, tree: Sha): TrunkChecked {
  const { outcome, failed, tail, duration_ms } = result;
  switch (outcome) {
    case 'green':
      return { kind: 'green', tree, duration_ms };
    case 'aborted':
      return { kind: 'aborted' };
    case 'red':
      return { kind: 'red', tree, duration_ms, tail, reason: `the gate is red: ${failed?.command ?? ''}` };
    case 'timeout':
      return {
        kind: 'red',
        tree,
        duration_ms,
        tail,
        reason: `the gate took too long: ${failed?.command ?? ''}`,
      };
  }
}
