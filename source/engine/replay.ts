import type { DurableEvent } from './events.js';
import { withOwnedCopies } from './owned-copies.js';
import { EMPTY_STATE, reduce } from './reduce.js';
import type { RunState } from './state.js';

/** The state that {@link reduce} comes to over all these events. Pure. */
export function replay(events: readonly DurableEvent[]): RunState {
  return withOwnedCopies(() => events.reduce(reduce, EMPTY_STATE));
}

/** The same over events that come in parts, of which each may be forgotten before the next. Rejects as the parts do. */
export async function replayParts(parts: AsyncIterable<readonly DurableEvent[]>): Promise<RunState> {
  // Nobody sees the states in between, so that a copy is made once for all parts.
  const copies = new WeakSet<object>();
  let state = EMPTY_STATE;
  for await (const events of parts) state = withOwnedCopies(() => events.reduce(reduce, state), copies);
  return state;
}
