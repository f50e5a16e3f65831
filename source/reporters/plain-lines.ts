import type { DurableEvent } from '../engine/events.js';
import { plainText } from '../engine/plain-text.js';
import type { RunState } from '../engine/state.js';
import { formatClock } from './formats.js';
import { plainFacts } from './plain-facts.js';

/** As wide as `slot 16`. */
const PLACE_WIDTH = 7;

/**
 * What an event is worth in the plain lines of `hew loop run`: `13:19:07  slot 1   app-12: …`, one fact a line; none
 * for what only prepares another or says again what is known. `before` and `after` are the states around the event.
 * Nothing in the lines can drive a terminal. Pure, but for the time zone of the clock.
 */
export function plainLines(event: DurableEvent, before: RunState, after: RunState): readonly string[] {
  const place = placeOf(event, before);
  return plainFacts(event, before, after).map((fact) => {
    const subject = 'task' in event && event.task !== null ? `${event.task}: ` : '';
    return plainText(`${formatClock(event.at)}  ${place.padEnd(PLACE_WIDTH)}  ${subject}${fact}`).trimEnd();
  });
}

/** The slot that an event is of, or that has to do with its task; else it is the run's. */
function placeOf(event: DurableEvent, { slots }: RunState): string {
  if ('slot' in event) return `slot ${event.slot}`;
  if (!('task' in event) || event.task === null) return 'run';
  const { task } = event;
  const slot =
    slots.find(({ activity }) => activity.kind === 'working' && activity.task === task) ??
    slots.find(({ last }) => last?.task === task);
  return slot === undefined ? 'run' : `slot ${slot.slot}`;
}
