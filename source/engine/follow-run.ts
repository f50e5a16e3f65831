import { setTimeout as wait } from 'node:timers/promises';
import { type ControlClient, ControlError } from './control-client.js';
import type { EventListener } from './event-stream.js';
import { type DurableEvent, isDurable } from './events.js';
import { JournalError } from './journal-error.js';
import { readJournal } from './read-journal.js';
import { EMPTY_STATE, reduce } from './reduce.js';

/** How often the journal is looked at, and how often at most, until what was told is on disk: five seconds in all. */
const LOOK_MS = 25;
const MOST_LOOKS = 200;

/**
 * Follows a run of another process as its own events would be: `listener` is told of all that happened before, by its
 * journal, and then of each event as it comes. Resolves when it is up to date. Throws a {@link ControlError} when the journal
 * cannot be read.
 */
export async function followRun(client: ControlClient, listener: EventListener): Promise<void> {
  const past = await pastEvents(client);
  let state = EMPTY_STATE;
  for (const event of past) {
    state = reduce(state, event);
    listener(event, state);
  }
  client.listen((event) => {
    if (isDurable(event)) state = reduce(state, event);
    listener(event, state);
  });
}

/** The events that had come before the hello: the last of them may not be written yet. */
async function pastEvents({ hello }: ControlClient): Promise<readonly DurableEvent[]> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const events = await eventsIn(hello.journal);
    if (events.length >= hello.events) return events.slice(0, hello.events);
    await wait(LOOK_MS);
  }
  throw new ControlError(`${hello.journal} does not hold what the run has told: its disk may be full.`);
}

async function eventsIn(journal: string): Promise<readonly DurableEvent[]> {
  try {
    return (await readJournal(journal)).events;
  } catch (cause) {
    if (cause instanceof JournalError) throw new ControlError(cause.message, { cause });
    throw cause;
  }
}
