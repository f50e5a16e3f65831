import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.js';

export default defineConfig({
  // Tests see React's production build, as users do; its runtime has no development JSX.
  oxc: { jsx: { development: false } },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Those need a real bd: npm run test:beads.
    exclude: ['test/beads/**'],
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
