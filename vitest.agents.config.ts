import { defineConfig } from 'vitest/config';

// Tests with the real programs of agents, which are not on every machine: `npm run test:agents`.
export default defineConfig({
  test: { include: ['test/real-agents/*.real.ts'], testTimeout: 120_000, env: { NODE_ENV: 'production' } },
});
