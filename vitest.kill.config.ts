import { defineConfig } from 'vitest/config';
import ordinary from './vitest.config.js';

/** `npm run test:kill`: every point, which takes an hour on two cores. Nothing else: merged lists would hold both. */
export default defineConfig({
  ...ordinary,
  test: { ...ordinary.test, include: ['test/kill/**/*.kill.ts'], testTimeout: 4 * 3_600_000 },
});
