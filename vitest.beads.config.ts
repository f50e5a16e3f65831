import { defineConfig, mergeConfig } from 'vitest/config';
import common from './test/common-config.js';

/** The tests against the real bd: `npm run test:beads` names it to them. */
export default mergeConfig(
  common,
  defineConfig({
    test: {
      include: ['test/beads/**/*.test.ts'],
      globalSetup: ['test/beads/make-workspace.ts'],
      // Every step is a process of bd, which takes a good part of a second of a processor.
      testTimeout: 600_000,
    },
  }),
);
