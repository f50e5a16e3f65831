import type { Control, SlotControl } from './controls.js';
import type { RunContext } from './run-context.js';
import type { Scheduler } from './scheduler.js';

/** Takes controls from the first moment on: those for slots wait until there are some. */
export class ControlDesk {
  readonly #context: Pick<RunContext, 'events'>;
  readonly #user: AbortController;
  readonly #early: SlotControl[] = [];
  #scheduler: Scheduler | null = null;

  constructor(context: Pick<RunContext, 'events'>, user: AbortController) {
    this.#context = context;
    this.#user = user;
  }

  take(control: Control): void {
    if (this.#context.events.state.finished) return;
    this.#context.events.note({ type: 'control.received', control });
    if (control.type === 'abortRun') this.#user.abort();
    else if (this.#scheduler) this.#scheduler.control(control);
    else this.#early.push(control);
  }

  open(scheduler: Scheduler): void {
    this.#scheduler = scheduler;
    for (const control of this.#early.splice(0)) scheduler.control(control);
  }
}
