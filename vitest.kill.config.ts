import { defineConfig, mergeConfig } from 'vitest/config';
import common from './test/common-config.js';

/** `npm run test:kill`: every point, which takes an hour on two cores. */
export default mergeConfig(
  common,
  defineConfig({ test: { include: ['test/kill/**/*.kill.ts'], testTimeout: 4 * 3_600_000 } }),
);
