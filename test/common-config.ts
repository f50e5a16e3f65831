import { defineConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.js';

/** What all configurations of Vitest have in common. */
export default defineConfig({
  // Tests see React's production build, as users do; its runtime has no development JSX.
  oxc: { jsx: { development: false } },
  test: {
    // Tests that start real processes wait for events, never for the clock: this only ends a test that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of a test's time it waits for git and for agents, so that two a core fill it.
    maxWorkers: '200%',
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/build-once.ts'],
    // Times of day are told where hew runs: tests run at one place.
    env: { NODE_ENV: 'production', TZ: 'UTC' },
  },
});
