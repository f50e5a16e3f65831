import process from 'node:process';
import { expect, test } from 'vitest';
import { killAtPlans } from './kill-at-plans.js';
import { allPlans } from './kill-plans.js';

const SEED = Number(process.env['HEW_KILL_SEED'] ?? Date.now() % 1_000_000);
/** `2/3`: of three parts the second, which is every third point from the second on. */
const [PART = 1, PARTS = 1] = (process.env['HEW_KILL_PART'] ?? '1/1').split('/').map(Number);

test(`a run that is killed at every point (seed ${SEED}, part ${PART} of ${PARTS}) loses nothing and ends as if it had not been`, async () => {
  const plans = allPlans(SEED).filter((_, index) => index % PARTS === PART - 1);
  const { kills, faults } = await killAtPlans(plans, SEED, (done, faulty) => {
    if (done % 20 === 0 || done === plans.length)
      process.stdout.write(`${done} of ${plans.length} runs, ${faulty} with a fault\n`);
  });
  process.stdout.write(`${plans.length} runs, ${kills} kills, ${faults.length} with a fault\n`);
  expect(faults).toEqual([]);
});
