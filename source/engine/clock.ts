import { setTimeout as pause } from 'node:timers/promises';

/** Where the engine's time comes from, so that tests need not wait for a back-off. */
export interface Clock {
  now(): Date;
  /** Resolves after that many milliseconds, or as soon as the signal aborts; never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The real time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    await pause(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
