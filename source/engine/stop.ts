import { z } from 'zod';

/** Why a run takes no further task, in the order in which they win (LOOP.md §7). */
export const stopReasonSchema = z.enum([
  'cancelled',
  /** A stop file is there, or the user has asked the run to drain. */
  'stop_file',
  'budget_tokens',
  'budget_cost',
  'budget_wall',
  'max_iter',
  'runtime_error',
  'guard_trip',
  'ready_empty',
]);
export type StopReason = z.infer<typeof stopReasonSchema>;

/** The limits of a run; null is no limit. All of them count over the whole run. */
export interface Limits {
  readonly max_iter: number | null;
  readonly budget_tokens: number | null;
  /** US dollars. */
  readonly budget_cost: number | null;
  readonly budget_wall_ms: number | null;
}

/** What the decision to stop is made from. */
export interface StopFacts {
  readonly cancelled: boolean;
  readonly stop_file: boolean;
  readonly tokens: number;
  readonly cost_usd: number;
  readonly elapsed_ms: number;
  readonly started_iterations: number;
  /** Every usable runtime has failed for good, or too often in a row. */
  readonly runtime_failed: boolean;
  /** Trunk was gated after too many failures in a row, and is red. */
  readonly guard_tripped: boolean;
  /** Nothing is ready and nothing that is in work can make something ready. */
  readonly ready_empty: boolean;
}

/** The first reason to stop that holds, or null. Pure. */
export function stopReason(facts: StopFacts, limits: Limits): StopReason | null {
  const reached = (used: number, limit: number | null): boolean => limit !== null && used >= limit;
  const checks: readonly (readonly [StopReason, boolean])[] = [
    ['cancelled', facts.cancelled],
    ['stop_file', facts.stop_file],
    ['budget_tokens', reached(facts.tokens, limits.budget_tokens)],
    ['budget_cost', reached(facts.cost_usd, limits.budget_cost)],
    ['budget_wall', reached(facts.elapsed_ms, limits.budget_wall_ms)],
    ['max_iter', reached(facts.started_iterations, limits.max_iter)],
    ['runtime_error', facts.runtime_failed],
    ['guard_trip', facts.guard_tripped],
    ['ready_empty', facts.ready_empty],
  ];
  return checks.find(([, holds]) => holds)?.[0] ?? null;
}

/** A limit and how much of it is used; `share` is 1 where all of it is. */
export interface LimitUse {
  readonly reason: StopReason;
  readonly name: keyof Limits;
  readonly used: number;
  readonly limit: number;
  readonly share: number;
}

/** From so much of a limit on it is told that it comes near. */
export const NEAR_SHARE = 0.8;

/** What of the facts limits are held against. */
export type UsedFacts = Pick<StopFacts, 'tokens' | 'cost_usd' | 'elapsed_ms' | 'started_iterations'>;

/** How much is used of each limit that there is. Pure. */
export function limitUses(facts: UsedFacts, limits: Limits): readonly LimitUse[] {
  const uses: readonly (readonly [StopReason, keyof Limits, number])[] = [
    ['budget_tokens', 'budget_tokens', facts.tokens],
    ['budget_cost', 'budget_cost', facts.cost_usd],
    ['budget_wall', 'budget_wall_ms', facts.elapsed_ms],
    ['max_iter', 'max_iter', facts.started_iterations],
  ];
  return uses.flatMap(([reason, name, used]) => {
    const limit = limits[name];
    return limit === null ? [] : [{ reason, name, used, limit, share: limit === 0 ? 1 : used / limit }];
  });
}

/** The limit of which most is used; null when there is none. Pure. */
export function nearestLimit(facts: UsedFacts, limits: Limits): LimitUse | null {
  return limitUses(facts, limits).reduce<LimitUse | null>(
    (nearest, use) => (nearest === null || use.share > nearest.share ? use : nearest),
    null,
  );
}

/** How many counted failures in a row make the engine look at trunk itself, with so many slots. */
export function guardThreshold(jobs: number): number {
  return Math.max(3, 2 * jobs);
}

/** What the exit code is made from. */
export interface ExitFacts {
  readonly stop_reason: StopReason;
  /** Something is conflicted, failed, stranded, not given back or not landed. */
  readonly something_wrong: boolean;
  readonly tasks_left: boolean;
}

/** The exit code of a run that has started (DESIGN.md §5.2). Pure. */
export function exitCode(facts: ExitFacts): 0 | 1 | 3 | 130 {
  if (facts.stop_reason === 'cancelled') return 130;
  if (facts.something_wrong || facts.stop_reason === 'runtime_error' || facts.stop_reason === 'guard_trip')
    return 1;
  return facts.stop_reason !== 'ready_empty' && facts.tasks_left ? 3 : 0;
}
