import { isResting, type RuntimeHealth } from './runtime-health.js';

/** What the choice of a runtime is made from. */
export interface RuntimeFacts {
  /** The runtimes of `--runtime`, dealt out to the slots in turn. */
  readonly runtimes: readonly [string, ...string[]];
  readonly fallback: string | null;
  readonly healthOf: (runtime: string) => RuntimeHealth;
  /** For how many more iterations the fallback works in place of this runtime. */
  readonly cooldownOf: (runtime: string) => number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Which runtime a slot's next iteration is for. */
export type RuntimeChoice =
  | {
      readonly kind: 'use';
      readonly runtime: string;
      /** Another works in place of the slot's own, which is given a rest. */
      readonly cooldown_engaged: boolean;
    }
  /** All that may still be used rests; `health` is that of the one that rests least long. */
  | { readonly kind: 'rest'; readonly runtime: string; readonly health: RuntimeHealth }
  /** Nothing is left that could be used in this run. */
  | { readonly kind: 'failed'; readonly reason: string };

/** The runtime that `--runtime` deals to a slot. Pure. */
export function dealtRuntime(slot: number, runtimes: RuntimeFacts['runtimes']): string {
  return runtimes[(slot - 1) % runtimes.length] ?? runtimes[0];
}

/**
 * Chooses the runtime for a slot: its own, or the fallback while that one cools down, rests or has failed for good. A
 * slot whose own runtime has failed for good and that has no fallback takes another one of `--runtime`. Pure.
 */
export function chooseRuntime(slot: number, facts: RuntimeFacts): RuntimeChoice {
  const { runtimes, fallback, healthOf, cooldownOf, now } = facts;
  const own = dealtRuntime(slot, runtimes);
  const others = healthOf(own).failed === null ? [] : runtimes;
  const usable = [...new Set([own, ...(fallback === null ? [] : [fallback]), ...others])].filter(
    (runtime) => healthOf(runtime).failed === null,
  );
  if (usable.length === 0) return { kind: 'failed', reason: healthOf(own).failed ?? '' };
  const awake = usable.filter((runtime) => !isResting(healthOf(runtime), now));
  const cooled = awake.filter((runtime) => runtime !== own || cooldownOf(own) === 0);
  const runtime = cooled[0] ?? awake[0];
  if (runtime !== undefined) return { kind: 'use', runtime, cooldown_engaged: runtime !== own };
  const restOf = (each: string): number => healthOf(each).resting_until ?? 0;
  const soonest = usable.reduce((best, each) => (restOf(each) < restOf(best) ? each : best));
  return { kind: 'rest', runtime: soonest, health: healthOf(soonest) };
}
