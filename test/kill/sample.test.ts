import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { describe, expect, test } from 'vitest';
import { killAndResume } from './kill-and-resume.js';
import { samplePlans } from './kill-plans.js';

const SEED = Number(process.env['HEW_KILL_SEED'] ?? Date.now() % 1_000_000);
const POINTS = 20;

describe('a run that is killed', () => {
  test(
    `at ${POINTS} points of seed ${SEED} loses nothing and ends as if it had not been`,
    { timeout: 300_000 },
    async () => {
      const turn = pLimit(2 * availableParallelism());
      const failed = await Promise.all(
        samplePlans(SEED, POINTS).map((plan) =>
          turn(() =>
            killAndResume(plan).then(
              () => [],
              (error: unknown) => [
                `HEW_KILL_SEED=${SEED}, killed at ${plan.join(', then ')}: ${String(error)}`,
              ],
            ),
          ),
        ),
      );
      expect(failed.flat()).toEqual([]);
    },
  );
});
