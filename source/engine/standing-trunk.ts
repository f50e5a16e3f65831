import { changeRefs, readRef } from './git/refs.js';
import type { Sha } from './ids.js';
import { keepCommit } from './keep-commit.js';
import { type TrunkContext, trunkRef } from './run-context.js';

/**
 * Where trunk stands. One that is not where hew left it is a stranger's: what it held is salvaged, trunk is put back,
 * and that is told. Call it inside the merge's turn.
 */
export async function standingTrunk(context: TrunkContext): Promise<Sha> {
  const { git, places, events } = context;
  const expected = events.state.trunk;
  if (expected === null) throw new Error('internal: the run has no trunk yet');
  const found = await readRef(git, places.home, trunkRef(context));
  if (found === expected) return expected;
  const reason = 'trunk was moved by somebody else';
  const about = { worker: 0, task: null, attempt: 0, reason, base: expected };
  const kept = found === null ? null : await keepCommit(context, found, about);
  await events.record({ type: 'trunk.restored', found, expected, salvage: kept?.ref ?? null });
  await changeRefs(git, places.home, [{ ref: trunkRef(context), old: 'any', next: expected }]);
  return expected;
}
