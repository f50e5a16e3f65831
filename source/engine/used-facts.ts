import { livedTime } from './lived-time.js';
import { totalTokens } from './reduce-iteration.js';
import type { RunState, Spending } from './state.js';
import type { UsedFacts } from './stop.js';

/**
 * What the run has used of its limits at a moment, in milliseconds since 1970; `spent` where more is known of it than
 * iterations that have ended tell. Pure.
 */
export function usedFacts(state: RunState, at: number, spent: Spending = state): UsedFacts {
  return {
    tokens: totalTokens(spent.tokens),
    cost_usd: spent.cost_usd,
    elapsed_ms: state.run ? livedTime(state, Date.parse(state.run.at), at) : 0,
    started_iterations: state.started_iterations,
  };
}
