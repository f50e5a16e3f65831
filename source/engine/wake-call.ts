import type { Clock } from './clock.js';

/** What a loop sleeps by until there is something to do; a call that comes while it is awake keeps it from sleeping once. */
export class WakeCall {
  #called = new AbortController();

  call(): void {
    this.#called.abort();
  }

  /** Resolves at the next call, and with a clock after so many milliseconds at the latest. */
  async wait(atMost: { readonly clock: Clock; readonly ms: number } | null): Promise<void> {
    const { signal } = this.#called;
    if (!signal.aborted) {
      if (atMost) await atMost.clock.sleep(atMost.ms, signal);
      else
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
    }
    this.#called = new AbortController();
  }
}
