import type { EngineEvent } from './events.js';
import type { TransientEvent } from './transient-events.js';

/** More lines of a slot than that are on no screen that has just been opened. */
const MOST_LINES = 100;

/** What passed by last of each slot, for a view that comes later: it is in no journal. */
export class RecentEvents {
  readonly #lines = new Map<number, TransientEvent[]>();
  readonly #usage = new Map<number, TransientEvent>();
  readonly #whole = new Map<string, TransientEvent>();

  /** Takes note of an event. Cheap. */
  take(event: EngineEvent): void {
    if (event.type === 'agent.line') this.#add(event);
    else if (event.type === 'agent.usage') this.#usage.set(event.slot, event);
    else if (isWhole(event)) this.#whole.set(event.type, event);
    else if (event.type === 'iteration.started') {
      this.#lines.delete(event.slot);
      this.#usage.delete(event.slot);
      // The state has its sums from now on.
    } else if (event.type === 'agent.finished') this.#usage.delete(event.slot);
  }

  /** All of it, each slot's in its order. */
  list(): readonly TransientEvent[] {
    const lines = [...this.#lines.values()].flatMap((each) => each.slice(-MOST_LINES));
    return [...this.#whole.values(), ...lines, ...this.#usage.values()];
  }

  #add(event: Extract<TransientEvent, { type: 'agent.line' }>): void {
    const lines = this.#lines.get(event.slot) ?? [];
    lines.push(event);
    // Cut only now and then, so that a line costs no copy of all the others.
    this.#lines.set(event.slot, lines.length >= 2 * MOST_LINES ? lines.slice(-MOST_LINES) : lines);
  }
}

/** What is told anew as a whole: the last of it is all that there is to know. */
function isWhole(
  event: EngineEvent,
): event is Extract<TransientEvent, { type: 'queue.seen' | 'queue.listed' | 'workers.conflicting' }> {
  return event.type === 'queue.seen' || event.type === 'queue.listed' || event.type === 'workers.conflicting';
}
