import type { TaskId } from './ids.js';
import type { QueueListing } from './ports.js';
import type { RunContext } from './run-context.js';
import { parkedHere, type ParkedWork } from './parked-work.js';
import { settleParked } from './settle-parked.js';

/** Knows every parked worker that waits, of this run and of earlier ones, and which of them is being tried again. */
export class ParkedDesk {
  readonly #context: RunContext;
  readonly #earlier: readonly ParkedWork[];
  readonly #trying = new Set<TaskId>();

  constructor(context: RunContext, earlier: readonly ParkedWork[]) {
    this.#context = context;
    this.#earlier = earlier;
  }

  /** Tries again whatever has had its bug closed; each resolves when that is settled or the bug open again. */
  tryAgain(listing: QueueListing): Promise<void>[] {
    const { settled } = this.#context.events.state;
    const done = new Set(settled.map(({ run, worker }) => `${run} ${worker}`));
    return [...this.#earlier, ...parkedHere(this.#context)]
      .filter(({ run, worker }) => !done.has(`${run} ${worker}`))
      .filter(({ bug }) => listing.tasks.get(bug)?.status === 'closed' && !this.#trying.has(bug))
      .map((parked) => this.#try(parked));
  }

  async #try(parked: ParkedWork): Promise<void> {
    this.#trying.add(parked.bug);
    try {
      await settleParked(this.#context, parked);
    } finally {
      this.#trying.delete(parked.bug);
    }
  }
}
