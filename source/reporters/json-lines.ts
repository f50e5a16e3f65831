import { type EngineEvent, isDurable } from '../engine/events.js';

/** What JSON leaves as it is and a terminal, or a reader of lines, may take for a command or a line's end. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g;

/**
 * An event as one line of JSON, without its newline: what `--json` prints. Null for a transient one: the lines of
 * `--json` are those of the journal, so that reducing them gives the state that every other view shows. Control
 * characters are escaped, which changes no value.
 */
export function jsonLine(event: EngineEvent): string | null {
  if (!isDurable(event)) return null;
  return JSON.stringify(event).replaceAll(UNSAFE, (unsafe) =>
    [...Array(unsafe.length).keys()]
      .map((index) => `\\u${unsafe.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
