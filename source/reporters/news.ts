import { type EngineEvent, isDurable } from '../engine/events.js';
import { EMPTY_STATE } from '../engine/reduce.js';
import type { RunState } from '../engine/state.js';
import { plainLines } from './plain-lines.js';

/** More than a screen shows, and enough to tell why a run could not start. */
const MOST_LINES = 64;

/** The last plain lines of a run, for whoever shows only some of them. */
export class News {
  #before: RunState = EMPTY_STATE;
  #lines: readonly string[] = [];

  /** Takes note of an event; `state` is the run's after it. */
  take(event: EngineEvent, state: RunState): void {
    if (!isDurable(event)) return;
    const told = plainLines(event, this.#before, state);
    this.#before = state;
    if (told.length > 0) this.#lines = [...this.#lines, ...told].slice(-MOST_LINES);
  }

  /** The newest last; the same array as before while nothing was told. */
  get lines(): readonly string[] {
    return this.#lines;
  }
}
