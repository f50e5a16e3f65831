import type { Clock } from '../../source/engine/clock.js';
import { hastyClock } from './loop-run.js';

/** A clock by which a sleep takes its whole time, although it is over at once: what comes every 30 s comes soon. */
export function skippingClock(): Clock {
  let skipped = 0;
  return {
    now: () => new Date(Date.now() + skipped),
    async sleep(milliseconds, signal) {
      await hastyClock.sleep(milliseconds, signal);
      if (!signal.aborted) skipped += milliseconds;
    },
  };
}
