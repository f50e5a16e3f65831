import type { DurableEvent } from './events.js';
import { withOwnedCopies } from './owned-copies.js';
import { EMPTY_STATE, reduce } from './reduce.js';
import type { RunState } from './state.js';

/** The state that {@link reduce} comes to over all these events; the one that is given stays as it is. Pure. */
export function replay(events: readonly DurableEvent[], before: RunState = EMPTY_STATE): RunState {
  return withOwnedCopies(() => events.reduce(reduce, before));
}
