import type { DurableEvent } from './events.js';
import type { TaskId } from './ids.js';

type Of<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>;

/** An iteration that has begun and of which no end is told. */
export interface OpenIteration {
  readonly started: Of<'iteration.started'>;
  readonly agent: Of<'agent.finished'> | null;
  /** The last of its merge's events: the intent, or the result. */
  readonly merge: Of<'merge.started'> | Of<'merge.finished'> | null;
  readonly closing: Of<'task.closing'> | null;
  /** Its task was closed, or the queue refused to. */
  readonly closed: boolean;
  readonly bug: TaskId | null;
  readonly parked: Of<'worker.parked'> | null;
}

/** What a journal says was begun and does not say the end of. */
export interface LooseEnds {
  readonly iterations: readonly OpenIteration[];
  /** Tasks whose last attempt leads back to the queue, and of which it is not told that they are there. */
  readonly returning: readonly Of<'iteration.finished'>[];
  readonly parked_merging: Of<'parked.merging'> | null;
  readonly catching_up: Of<'trunk.catching_up'> | null;
  /** Parked branches that are in trunk, of whose tasks it is not told that they are closed. */
  readonly unclosed: readonly Of<'parked.settled'>[];
  /** This run's own parked workers whose work is in trunk, and which are not told to be removed. */
  readonly unremoved: readonly number[];
  readonly landing: Of<'land.started'> | null;
  /** The refs of all that the journal knows to be salvaged. */
  readonly salvages: ReadonlySet<string>;
}

/** Finds what a journal leaves open. Pure. */
export function looseEnds(events: readonly DurableEvent[]): LooseEnds {
  const found = new Search();
  for (const event of events) found.take(event);
  return found.ends();
}

/** Both events of an intent and its result say which iteration they are of. */
type InIteration = Extract<DurableEvent, { iteration: number }>;

class Search {
  readonly #iterations = new Map<number, OpenIteration>();
  readonly #returning = new Map<TaskId, Of<'iteration.finished'>>();
  readonly #unclosed = new Map<TaskId, Of<'parked.settled'>>();
  readonly #unremoved = new Set<number>();
  readonly #salvages = new Set<string>();
  #parkedMerging: Of<'parked.merging'> | null = null;
  #catchingUp: Of<'trunk.catching_up'> | null = null;
  #landing: Of<'land.started'> | null = null;
  #run: string | null = null;

  take(event: DurableEvent): void {
    if ('iteration' in event) this.#inIteration(event);
    else this.#beside(event);
  }

  ends(): LooseEnds {
    return {
      iterations: [...this.#iterations.values()],
      returning: [...this.#returning.values()],
      parked_merging: this.#parkedMerging,
      catching_up: this.#catchingUp,
      unclosed: [...this.#unclosed.values()],
      unremoved: [...this.#unremoved],
      landing: this.#landing,
      salvages: this.#salvages,
    };
  }

  #inIteration(event: InIteration): void {
    const { worker } = event;
    switch (event.type) {
      case 'iteration.started':
        this.#iterations.set(worker, {
          started: event,
          agent: null,
          merge: null,
          closing: null,
          closed: false,
          bug: null,
          parked: null,
        });
        return;
      case 'agent.finished':
        return this.#change(worker, { agent: event });
      case 'merge.started':
      case 'merge.finished':
        return this.#change(worker, { merge: event });
      case 'task.closing':
        return this.#change(worker, { closing: event });
      case 'iteration.finished': {
        this.#iterations.delete(worker);
        const { fate, end } = event;
        const goesBack = fate === 'failed' || (fate === 'open again' && end !== 'claim_lost');
        if (goesBack) this.#returning.set(event.task, event);
        return;
      }
      case 'foreign.changed':
      case 'gate.started':
      case 'gate.finished':
      case 'merge.queued':
        return;
    }
  }

  #beside(event: Exclude<DurableEvent, InIteration>): void {
    switch (event.type) {
      case 'run.started':
        this.#run = event.run_id;
        return;
      case 'task.claimed':
      case 'task.returned':
        this.#returning.delete(event.task);
        return;
      case 'task.closed':
      case 'task.close_refused':
        this.#unclosed.delete(event.task);
        for (const { started } of this.#iterations.values())
          if (started.task === event.task) this.#change(started.worker, { closed: true });
        return;
      case 'conflict.filed':
        return this.#change(event.worker, { bug: event.bug });
      case 'worker.parked':
        return this.#change(event.worker, { parked: event, ...(event.bug ? { bug: event.bug } : {}) });
      case 'worker.removed':
        this.#unremoved.delete(event.worker);
        return;
      case 'parked.merging':
        this.#parkedMerging = event;
        return;
      case 'parked.settled':
        this.#parkedMerging = null;
        if (event.outcome === 'reopened') return;
        this.#unclosed.set(event.task, event);
        if (event.run === this.#run) this.#unremoved.add(event.worker);
        return;
      case 'trunk.catching_up':
        this.#catchingUp = event;
        return;
      case 'trunk.caught_up':
        this.#catchingUp = null;
        return;
      case 'land.started':
        this.#landing = event;
        return;
      case 'run.landed':
      case 'land.refused':
        this.#landing = null;
        return;
      case 'salvage.created':
        this.#salvages.add(event.ref);
        return;
      case 'base.checked':
      case 'worker.created':
      case 'slot.paused':
      case 'slot.resumed':
      case 'slot.waiting':
      case 'slots.changed':
      case 'slot.finished':
      case 'slot.planned':
      case 'task.claiming':
      case 'task.claim_lost':
      case 'task.return_refused':
      case 'trunk.restored':
      case 'trunk.checked':
      case 'run.resumed':
      case 'run.stopping':
      case 'run.finished':
      case 'control.received':
      case 'notice':
        return;
    }
  }

  #change(worker: number, change: Partial<OpenIteration>): void {
    const open = this.#iterations.get(worker);
    if (open) this.#iterations.set(worker, { ...open, ...change });
  }
}
