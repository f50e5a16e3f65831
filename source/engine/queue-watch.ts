import { giveBackAgain } from './give-back.js';
import { QueueError, type QueueListing } from './ports.js';
import { queueEntries } from './queue-entries.js';
import type { RunContext } from './run-context.js';
import { tasksLeftIn } from './schedule.js';

/** How often idle slots list the queue again when nothing of this run has changed it (LOOP.md §3.1). */
const LISTING_MS = 30_000;
/** Whoever edits the queue's file by hand gets so many seconds to mend it; agents that work go on meanwhile. */
const MOST_FAULTS = 60;

/** The newest look at the queue, which all slots share. */
export class QueueWatch {
  readonly #context: RunContext;
  #seen: { readonly listing: QueueListing; readonly at: number } | null = null;
  readonly #toldLeftOut = new Set<string>();
  #faults = 0;

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** What was seen last; null when it has to be looked at again. */
  get listing(): QueueListing | null {
    return this.#seen?.listing ?? null;
  }

  /** Something was closed or filed: the next look is a fresh one. */
  forget(): void {
    this.#seen = null;
  }

  /** Looks again where that is due. Returns the listing if it is new, and why the queue must be given up if it must. */
  async look(): Promise<{ readonly fresh: QueueListing | null; readonly broken: string | null }> {
    const { clock, queue, events } = this.#context;
    const at = clock.now().getTime();
    if (this.#seen && at - this.#seen.at < LISTING_MS) return { fresh: null, broken: null };
    try {
      const listing = await queue.list();
      this.#seen = { listing, at };
      this.#faults = 0;
      for (const text of listing.left_out) this.#tellLeftOut(text);
      const { epic } = this.#context.settings.loop;
      events.pass({ type: 'queue.seen', left: tasksLeftIn(listing, epic) });
      const { tasks, wishes } = events.state;
      const { entries, unlisted } = queueEntries({ listing, tasks, wishes, epic });
      events.pass({ type: 'queue.listed', entries: [...entries], unlisted });
      // What is back now stands in the next listing.
      if (await giveBackAgain(this.#context)) this.forget();
      return { fresh: listing, broken: null };
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      this.#faults += 1;
      if (this.#faults === 1) events.note({ type: 'notice', level: 'warning', text: error.message });
      return { fresh: null, broken: this.#faults > MOST_FAULTS ? error.message : null };
    }
  }

  #tellLeftOut(text: string): void {
    if (this.#toldLeftOut.has(text)) return;
    this.#toldLeftOut.add(text);
    this.#context.events.note({ type: 'notice', level: 'warning', text });
  }
}
