import { type Attempt, attemptPlace, iterationFile } from './attempt.js';
import { runGate } from './gate/run-gate.js';
import type { Sha } from './ids.js';
import type { RunContext } from './run-context.js';
import { workerSet } from './run-context.js';

/** What the gate says of a tree. */
export type Gated =
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly reason: string; readonly tail: string }
  | { readonly kind: 'aborted' };

/** Runs the gate on what the attempt's worktree holds, unless that very tree has passed before. */
export async function gateTree(
  context: RunContext,
  attempt: Attempt,
  which: 'own' | 'merged',
  tree: Sha,
): Promise<Gated> {
  const { events, gate, green, clock } = context;
  const place = attemptPlace(attempt);
  const known = gate.length === 0 ? 'ungated' : green.has(tree, gate) ? 'remembered' : null;
  if (known) {
    events.note({ type: 'gate.finished', ...place, which, outcome: known, command: null, duration_ms: 0 });
    return { kind: 'green' };
  }
  events.note({ type: 'gate.started', ...place, which });
  const result = await runGate({
    commands: gate,
    cwd: attempt.worker.worktree.path,
    env: context.environments.gate,
    ...workerSet(context, place, 'gate', place.iteration),
    log: iterationFile(
      context,
      place.worker,
      place.iteration,
      which === 'own' ? 'gate.log' : 'merged-gate.log',
    ),
    timeout_ms: context.settings.gate.timeout_ms,
    onLine: (text) =>
      events.pass({ type: 'agent.line', slot: place.slot, worker: place.worker, kind: 'gate', text }),
    signal: attempt.signal,
  });
  const { outcome, duration_ms } = result;
  const command = result.failed?.command ?? null;
  events.note({ type: 'gate.finished', ...place, which, outcome, command, duration_ms });
  const where = which === 'own' ? '' : ' on the merged tree';
  switch (outcome) {
    case 'green':
      await green.remember(tree, gate, clock.now());
      return { kind: 'green' };
    case 'red':
      return { kind: 'red', reason: `the gate is red${where}: ${command}`, tail: result.tail };
    case 'timeout':
      return { kind: 'red', reason: `the gate took too long${where}: ${command}`, tail: result.tail };
    case 'aborted':
      return { kind: 'aborted' };
  }
}
