import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../source/engine/clock.js';

/** A clock that runs so many times faster than the real one; `start` is when both showed the same, in milliseconds. */
export function scaledClock(scale: number): Clock & { readonly start: number } {
  const start = Date.now();
  return {
    start,
    now: () => new Date(start + (Date.now() - start) * scale),
    async sleep(milliseconds, signal) {
      await pause(milliseconds / scale, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
  };
}
