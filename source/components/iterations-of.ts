import type { RunState } from '../engine/state.js';
import type { IterationPlace } from '../engine/transcript/transcript.js';

/** The iterations of a slot's workers, the newest last. Pure. */
export function iterationsOf({ workers }: RunState, slot: number): readonly IterationPlace[] {
  return [...workers.values()]
    .filter((worker) => worker.slot === slot)
    .toSorted((one, other) => one.worker - other.worker)
    .flatMap(({ worker, iterations }) =>
      Array.from({ length: iterations }, (_, index) => ({ worker, iteration: index + 1 })),
    );
}
