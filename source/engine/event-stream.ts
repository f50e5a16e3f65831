import type { Clock } from './clock.js';
import { EVENT_VERSION } from './event-shape.js';
import {
  type DurableEvent,
  type EngineEvent,
  type EventBody,
  isDurable,
  type TransientEvent,
} from './events.js';
import type { Journal } from './journal.js';
import { redactEvent } from './redact-event.js';
import { NO_REDACTION, type Redactor } from './redactor.js';
import { EMPTY_STATE, reduce } from './reduce.js';
import type { RunState } from './state.js';

/** Told of each event with the state after it; it must not throw and must not wait. */
export type EventListener = (event: EngineEvent, state: RunState) => void;

type DurableBody = Extract<EventBody, { type: DurableEvent['type'] }>;
type TransientBody = Extract<EventBody, { type: TransientEvent['type'] }>;

/** Where every event of a run enters: it is stamped, reduced, journalled and told, in one order for all. */
export class EventStream {
  #state: RunState;
  readonly #listeners = new Set<EventListener>();
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #redactor: Redactor;
  readonly #failed = new AbortController();

  /** `state` is what earlier events of the same journal have made; what is secret is taken out of every event. */
  constructor(
    journal: Journal,
    clock: Clock,
    state: RunState = EMPTY_STATE,
    redactor: Redactor = NO_REDACTION,
  ) {
    this.#state = state;
    this.#journal = journal;
    this.#clock = clock;
    this.#redactor = redactor;
  }

  /** All that is durably known by now. */
  get state(): RunState {
    return this.#state;
  }

  /** Aborts with the journal's error when an event could not be written: the run must not go on. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Tells the listener of every event from now on, until the returned function is called. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Records a fact and resolves when it is on disk: for whatever something depends on. Rejects as the journal does. */
  async record(body: DurableBody): Promise<void> {
    await this.#append(body);
  }

  /** Records a fact on which nothing depends; what is recorded later is on disk only when this is, too. */
  note(body: DurableBody): void {
    // A failure is told to whoever records next, and by `failed`.
    this.#append(body).catch((error: unknown) => this.#failed.abort(error));
  }

  /** Lets something pass by that is neither journalled nor part of the state. */
  pass(body: TransientBody): void {
    this.#tell(this.#stamp(body));
  }

  async #append(body: DurableBody): Promise<void> {
    const event = this.#stamp(body);
    if (!isDurable(event)) return;
    this.#state = reduce(this.#state, event);
    const written = this.#journal.append(event);
    this.#tell(event);
    try {
      await written;
    } catch (error) {
      this.#failed.abort(error);
      throw error;
    }
  }

  #stamp(body: EventBody): EngineEvent {
    // Spreading a union loses which member it is; every body with a stamp is an event.
    const event: object = { v: EVENT_VERSION, at: this.#clock.now().toISOString(), ...body };
    return redactEvent(event as EngineEvent, this.#redactor);
  }

  #tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event, this.#state);
  }
}
