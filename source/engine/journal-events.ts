import { setTimeout as pause } from 'node:timers/promises';
import type { DurableEvent } from './events.js';
import { FollowedFile } from './followed-file.js';
import { journalLine, journalValue } from './journal-lines.js';
import { FIRST_SUM } from './journal-sum.js';
import { readEvent } from './read-journal.js';

const LOOK_MS = 200;

/**
 * The events of a journal, a part at a time, and with `isOver` also those that still come, until it says so or the run has
 * ended. A last line that is not whole is left out. Throws a JournalError for one that is broken.
 */
export async function* journalEvents(
  path: string,
  isOver: (() => Promise<boolean>) | null,
): AsyncGenerator<readonly DurableEvent[]> {
  const file = new FollowedFile(path);
  let line = 0;
  let sum = FIRST_SUM;
  const eventIn = (text: string): DurableEvent => {
    line += 1;
    const read = journalLine({ line, text, value: journalValue(text) }, sum);
    sum = read.sum;
    return readEvent(read.line, path);
  };
  for (;;) {
    // Asked before the file is read: what was written until then is in it.
    let over = isOver === null || (await isOver());
    for await (const lines of file.lines()) {
      const events = lines.map(eventIn);
      over ||= events.some(({ type }) => type === 'run.finished');
      yield events;
    }
    if (over) return;
    await pause(LOOK_MS);
  }
}
