import { defineConfig, mergeConfig } from 'vitest/config';
import common from './test/common-config.js';

/**
 * Tests that need a process of their own: those that start others all the time, which costs the more the more a process holds,
 * and one of what a process holds.
 */
const APART = [
  'test/{e2e,kill}/**',
  'test/engine/{git,prune}/**',
  'test/engine/processes/{open-sets,process-set,reap-run,run-in-set,stall-watch}.test.ts',
  'test/engine/gate/run-gate.test.ts',
  'test/engine/agents/command-agent.test.ts',
];

export default mergeConfig(
  common,
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: 'apart', include: APART.map(testsIn) } },
        {
          extends: true,
          test: {
            name: 'together',
            include: ['test/**/*.test.{ts,tsx}'],
            // Those of beads need a real bd: npm run test:beads.
            exclude: [...APART, 'test/beads/**'],
            // To start a process for each file and to load the libraries again costs more than these files' tests.
            isolate: false,
          },
        },
      ],
    },
  }),
);

function testsIn(glob: string): string {
  return glob.endsWith('**') ? `${glob}/*.test.{ts,tsx}` : glob;
}
