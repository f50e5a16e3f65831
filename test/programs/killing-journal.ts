import { type Journal, openJournal as openRealJournal } from '../../source/engine/journal.js';
import { KILL_POINT } from './kill-point.js';

/** In the place of hew's own: ends the process when an append is on disk; whatever comes after it never gets there. */
export async function openJournal(path: string): Promise<Journal> {
  const journal = await openRealJournal(path);
  const { kind, at, die } = KILL_POINT;
  let appended = 0;
  return {
    ...journal,
    append: (event) => {
      appended += 1;
      if (kind !== 'append' || appended < at) return journal.append(event);
      return appended > at ? new Promise(() => {}) : journal.append(event).then(die);
    },
  };
}
