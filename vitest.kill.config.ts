import { defineConfig, mergeConfig } from 'vitest/config';
import ordinary from './vitest.config.js';

/** `npm run test:kill`: every point, which takes an hour on two cores. */
export default mergeConfig(
  ordinary,
  defineConfig({ test: { include: ['test/kill/**/*.kill.ts'], testTimeout: 4 * 3_600_000 } }),
);
