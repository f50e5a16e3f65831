import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { killAndResume, type KillPlan } from './kill-and-resume.js';

/** How many plans were carried out, how many kills they came to, and each plan that has shown a fault. */
export interface KillFigures {
  readonly plans: number;
  readonly kills: number;
  readonly faults: readonly string[];
}

/** Carries plans out, as many at once as the machine bears, and tells how many are done and how many of them had a fault. */
export async function killAtPlans(
  plans: readonly KillPlan[],
  seed: number,
  onDone: (done: number, faulty: number) => void = () => {},
): Promise<KillFigures> {
  const turn = pLimit(2 * availableParallelism());
  const faults: string[] = [];
  let kills = 0;
  let done = 0;
  const carryOut = async (plan: KillPlan): Promise<void> => {
    try {
      const { killed } = await killAndResume(plan);
      kills += killed;
    } catch (error) {
      faults.push(`HEW_KILL_SEED=${seed}, killed at ${plan.join(', then ')}: ${String(error)}`);
    }
    done += 1;
    onDone(done, faults.length);
  };
  await Promise.all(plans.map((plan) => turn(() => carryOut(plan))));
  return { plans: plans.length, kills, faults };
}
