import type { QueueEntries, QueueEntry } from '../engine/queue-entries.js';
import type { RunState } from '../engine/state.js';
import { fit, screenText } from './screen-text.js';

/** A task of the queue with what the run has made of it since the queue was looked at. */
export interface QueueRow extends Pick<QueueEntry, 'id' | 'title' | 'priority' | 'place'> {
  /** Who is at it, what it waits for, or why. */
  readonly note: string;
}

const ORDER: Readonly<Record<QueueEntry['place'], number>> = {
  in_work: 0,
  ready: 1,
  blocked: 2,
  held: 3,
  done: 4,
};

/** The rows of the queue: in work, ready in the scheduler's order, blocked, held, done. Pure. */
export function queueRows({ entries }: QueueEntries, state: RunState): readonly QueueRow[] {
  return entries
    .map((entry) => rowOf(entry, state))
    .sort((one, other) => ORDER[one.place] - ORDER[other.place]);
}

function rowOf(entry: QueueEntry, state: RunState): QueueRow {
  const { id, title, priority, place, blockers, why } = entry;
  const row = { id, title, priority };
  const met = state.tasks.get(id);
  if (met && met.worker !== null && met.fate === null) {
    const slot = state.workers.get(met.worker)?.slot;
    return { ...row, place: 'in_work', note: slot === undefined ? `w${met.worker}` : `slot ${slot}` };
  }
  if (met?.fate === 'merged' || met?.fate === 'empty') return { ...row, place: 'done', note: met.fate };
  if (met && met.fate !== null && place !== 'ready') return { ...row, place: heldOr(place), note: met.fate };
  switch (place) {
    case 'in_work':
      return { ...row, place, note: 'somebody else' };
    case 'blocked':
      return { ...row, place, note: `by ${blockers.join(', ')}` };
    case 'ready':
    case 'held':
    case 'done':
      return { ...row, place, note: why };
  }
}

/** What this run has given back is in nobody's work any more, whatever the queue said before. */
function heldOr(place: QueueEntry['place']): QueueEntry['place'] {
  return place === 'in_work' ? 'held' : place;
}

/** What the columns are, on a screen of so many columns. Pure. */
export function queueHeading(columns: number): string {
  return line(['state', 'task', 'prio', 'title', 'note'], columns);
}

/** A task as a row of a screen of so many columns. Pure. */
export function queueLine({ id, title, priority, place, note }: QueueRow, columns: number): string {
  return line([placeInWords(place), id, `P${priority}`, screenText(title), screenText(note)], columns);
}

/** All of a task that its row may have cut. Pure. */
export function queueDetails({ id, title, place, note }: QueueRow): readonly string[] {
  return [`${id}  ${screenText(title)}`, placeInWords(place), screenText(note)];
}

function placeInWords(place: QueueEntry['place']): string {
  return place === 'in_work' ? 'in work' : place;
}

type Cells = readonly [place: string, id: string, priority: string, title: string, note: string];

function line([place, id, priority, title, note]: Cells, columns: number): string {
  const idWidth = columns >= 120 ? 24 : 14;
  const titleWidth = Math.max(1, Math.ceil((columns - idWidth - 20) * 0.65));
  return [fit(place, 8), fit(id, idWidth), fit(priority, 4), fit(title, titleWidth), note].join(' ');
}
