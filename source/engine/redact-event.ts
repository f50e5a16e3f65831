import type { EngineEvent } from './events.js';
import type { Redactor } from './redactor.js';

/** The fields of events that hold words of people and programs; all others hold what hew itself has made. */
const WORDS = new Set(['text', 'detail', 'tail', 'title', 'note', 'message', 'prompt', 'what']);
/** Of these the reason is hew's own word. */
const OWN_REASON = new Set<EngineEvent['type']>(['slot.waiting', 'run.stopping']);

/** The event without secrets in what people and programs say; paths, refs and ids stay as they are. Pure. */
export function redactEvent<Event extends EngineEvent>(event: Event, redactor: Redactor): Event {
  if (redactor.longest === 0) return event;
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redactor.text(value);
    return Array.isArray(value) ? value.map(clean) : value;
  };
  const isWords = (field: string): boolean =>
    WORDS.has(field) || (field === 'reason' && !OWN_REASON.has(event.type));
  const cleaned = (object: object): object => {
    const fields = Object.entries(object).map(([field, value]) => {
      if (field === 'entries' && Array.isArray(value)) return [field, value.map(cleaned)];
      return [field, isWords(field) ? clean(value) : value];
    });
    return Object.fromEntries(fields);
  };
  return cleaned(event) as Event;
}
