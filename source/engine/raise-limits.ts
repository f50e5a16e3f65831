import { z } from 'zod';
import { durationText } from './duration.js';
import type { Limits } from './stop.js';

/** A limit of a run by its name. */
export type LimitName = keyof Limits;

/** The limits in the order in which they are told. */
export const LIMIT_NAMES = [
  'budget_tokens',
  'budget_cost',
  'budget_wall_ms',
  'max_iter',
] as const satisfies readonly LimitName[];

/** Limits that are to be raised, each with what it is to be; one at least. */
export const raisedLimitsSchema = z
  .strictObject({
    budget_tokens: z.int().min(1).optional(),
    budget_cost: z.number().positive().optional(),
    budget_wall_ms: z.number().positive().optional(),
    max_iter: z.int().min(1).optional(),
  })
  .refine((limits) => LIMIT_NAMES.some((name) => limits[name] !== undefined));
export type RaisedLimits = z.infer<typeof raisedLimitsSchema>;

/** The limits with those raised that are asked for: none becomes less, and none comes to be where there was none. Pure. */
export function raiseLimits(limits: Limits, raised: RaisedLimits): Limits {
  const most = (name: LimitName): number | null => {
    const now = limits[name];
    return now === null ? null : Math.max(now, raised[name] ?? now);
  };
  return {
    max_iter: most('max_iter'),
    budget_tokens: most('budget_tokens'),
    budget_cost: most('budget_cost'),
    budget_wall_ms: most('budget_wall_ms'),
  };
}

/** Why the limits cannot be raised so; null when they can. Pure. */
export function raiseProblem(limits: Limits, raised: RaisedLimits): string | null {
  for (const name of LIMIT_NAMES) {
    const [now, next] = [limits[name], raised[name]];
    if (next === undefined) continue;
    if (now === null) return `the run has no limit of ${KINDS[name]}: there is nothing to raise`;
    if (next <= now) return `the limit is ${limitText(name, now)} already: it can only be raised`;
  }
  return null;
}

const KINDS: Readonly<Record<LimitName, string>> = {
  budget_tokens: 'tokens',
  budget_cost: 'cost',
  budget_wall_ms: 'time',
  max_iter: 'iterations',
};

/** What limits are to be, in words: `3000000 tokens and $20`. Pure. */
export function raisedInWords(raised: RaisedLimits): string {
  return LIMIT_NAMES.flatMap((name) => {
    const value = raised[name];
    return value === undefined ? [] : [limitText(name, value)];
  }).join(' and ');
}

/** A limit in words: `3000000 tokens`, `$5.5`, `8h`, `40 iterations`. Pure. */
export function limitText(name: LimitName, value: number): string {
  switch (name) {
    case 'budget_tokens':
      return `${value} tokens`;
    case 'budget_cost':
      return `$${value}`;
    case 'budget_wall_ms':
      return durationText(value);
    case 'max_iter':
      return `${value} iterations`;
  }
}
