import { totalTokens } from './reduce-iteration.js';
import type { Spending } from './state.js';

/** What is told of money and tokens; tokens are all kinds together. */
export interface SpendingSummary {
  readonly tokens: number;
  /** US dollars, as far as they are known. */
  readonly cost_usd: number;
  /** Some of what was used has no known price. */
  readonly cost_unknown: boolean;
}

/** Sums up what a run, a worker or a task has spent. Pure. */
export function spendingSummary({ tokens, cost_usd, cost_unknown }: Spending): SpendingSummary {
  return { tokens: totalTokens(tokens), cost_usd, cost_unknown };
}
