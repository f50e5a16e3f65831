import type { TaskId } from './ids.js';
import type { QueueListing } from './ports.js';
import type { RunContext } from './run-context.js';
import { holdRun } from './hold-run.js';
import { isStillParked } from './parked-earlier.js';
import { parkedHere, type ParkedWork } from './parked-work.js';
import { settleParked } from './settle-parked.js';

/** How often it is looked whether another hew is done with a run. */
const LOOK_MS = 1_000;

/** Knows every parked worker that waits, of this run and of earlier ones, and which of them is being tried again. */
export class ParkedDesk {
  readonly #context: RunContext;
  readonly #earlier: readonly ParkedWork[];
  readonly #trying = new Set<TaskId>();
  readonly #pruned = new Set<string>();

  constructor(context: RunContext, earlier: readonly ParkedWork[]) {
    this.#context = context;
    this.#earlier = earlier;
  }

  /** Tries again whatever has had its bug closed; each resolves when that is settled or the bug open again. */
  tryAgain(listing: QueueListing): Promise<void>[] {
    const { settled } = this.#context.events.state;
    const done = new Set([...settled.map(keyOf), ...this.#pruned]);
    return [...this.#earlier, ...parkedHere(this.#context)]
      .filter((parked) => !done.has(keyOf(parked)))
      .filter(({ bug }) => listing.tasks.get(bug)?.status === 'closed' && !this.#trying.has(bug))
      .map((parked) => this.#try(parked));
  }

  async #try(parked: ParkedWork): Promise<void> {
    this.#trying.add(parked.bug);
    try {
      if (parked.run === this.#context.run) await settleParked(this.#context, parked);
      else await this.#tryEarlier(parked);
    } finally {
      this.#trying.delete(parked.bug);
    }
  }

  /** A person may prune what an ended run has parked at any time: not while it is tried, and then it is tried no more. */
  async #tryEarlier(parked: ParkedWork): Promise<void> {
    const { places, clock, aborted, events } = this.#context;
    let held = await holdRun(places, parked.run);
    while (held.kind === 'busy') {
      if (aborted.aborted) return;
      await clock.sleep(LOOK_MS, aborted);
      held = await holdRun(places, parked.run);
    }
    await using _hold = held.kind === 'held' ? held.hold : null;
    if (held.kind === 'held' && (await isStillParked(places, parked))) {
      await settleParked(this.#context, parked);
      return;
    }
    this.#pruned.add(keyOf(parked));
    const text = `${parked.bug} was closed, and the worktree of ${parked.task} was pruned meanwhile: nothing is tried again`;
    events.note({ type: 'notice', level: 'info', text });
  }
}

function keyOf({ run, worker }: Pick<ParkedWork, 'run' | 'worker'>): string {
  return `${run} ${worker}`;
}
