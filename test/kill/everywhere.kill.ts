import process from 'node:process';
import { expect, test } from 'vitest';
import { killAtPlans } from './kill-at-plans.js';
import { allPlans } from './kill-plans.js';

const SEED = Number(process.env['HEW_KILL_SEED'] ?? Date.now() % 1_000_000);

test(`a run that is killed at every point (seed ${SEED}) loses nothing and ends as if it had not been`, async () => {
  const { plans, kills, faults } = await killAtPlans(allPlans(SEED), SEED);
  process.stdout.write(`${plans} runs, ${kills} kills, ${faults.length} with a fault\n`);
  expect(faults).toEqual([]);
});
