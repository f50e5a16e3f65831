import { describe, expect, test } from 'vitest';
import { killAtPlans } from './kill-at-plans.js';
import { samplePlans } from './kill-plans.js';

const SEED = Number(process.env['HEW_KILL_SEED'] ?? Date.now() % 1_000_000);
const POINTS = Number(process.env['HEW_KILL_POINTS'] ?? 20);

describe('a run that is killed', () => {
  test(
    `at ${POINTS} points of seed ${SEED} loses nothing and ends as if it had not been`,
    { timeout: 600_000 },
    async () => {
      const { kills, faults } = await killAtPlans(samplePlans(SEED, POINTS), SEED);
      expect(faults).toEqual([]);
      // Of points that are never met nothing is to be learnt.
      expect(kills).toBeGreaterThan(0);
    },
  );
});
