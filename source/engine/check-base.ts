import { checkTrunk } from './check-trunk.js';
import { treeOf } from './git/merge.js';
import type { RunContext, Worker } from './run-context.js';

/** What the gate has said of the untouched base; `worker` is the one whose worktree it was run in, if it was. */
export interface CheckedBase {
  readonly kind: 'checked' | 'refused';
  readonly worker: Worker | null;
}

/**
 * Gates the untouched base before anything is claimed: on a red one every agent would fail (LOOP.md §7). `borrow` lends
 * a worker where the gate must be run.
 */
export async function checkBase(
  context: RunContext,
  allowRed: boolean,
  borrow: () => Promise<Worker>,
): Promise<CheckedBase> {
  const { events, start, gate, git, places } = context;
  const tree = await treeOf(git, places.home, start.sha);
  if (gate.length === 0 || allowRed) {
    events.note({ type: 'base.checked', tree, outcome: 'skipped', duration_ms: 0, tail: '' });
    return { kind: 'checked', worker: null };
  }
  if (context.green.has(tree, gate)) {
    events.note({ type: 'base.checked', tree, outcome: 'remembered', duration_ms: 0, tail: '' });
    return { kind: 'checked', worker: null };
  }
  const worker = await borrow();
  const checked = await checkTrunk(context, worker, start.sha, 'base');
  switch (checked.kind) {
    case 'green': {
      const { duration_ms } = checked;
      events.note({ type: 'base.checked', tree, outcome: 'green', duration_ms, tail: '' });
      return { kind: 'checked', worker };
    }
    case 'aborted':
      return { kind: 'checked', worker };
    case 'unknown': {
      const text = `the base could not be gated: ${checked.reason}`;
      events.note({ type: 'notice', level: 'warning', text });
      return { kind: 'refused', worker };
    }
    case 'red': {
      const { duration_ms, reason } = checked;
      const tail = `${reason}\n${checked.tail}`;
      await events.record({ type: 'base.checked', tree, outcome: 'red', duration_ms, tail });
      return { kind: 'refused', worker };
    }
  }
}
