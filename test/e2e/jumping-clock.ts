import type { Clock } from '../../source/engine/clock.js';

/** Time in which whoever sleeps wakes up at once, and it is as late as it was to be. */
export interface JumpingClock extends Clock {
  /** Lets that many milliseconds pass at once. */
  jump(milliseconds: number): void;
}

/** A clock that no wait costs a test anything with: `now` runs ahead of the real time by all that was slept. */
export function jumpingClock(): JumpingClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    jump(milliseconds) {
      ahead += milliseconds;
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        // Everything else gets its turn first.
        const timer = setTimeout(() => {
          ahead += milliseconds;
          wake();
        }, 2);
        if (signal.aborted) wake();
        else signal.addEventListener('abort', wake);
      }),
  };
}
