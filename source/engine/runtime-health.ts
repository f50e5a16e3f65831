import { type AttemptEnd, MAX_FAULTS } from './outcome.js';

/** How a runtime has fared: whether it can be started now, later, or no more. */
export interface RuntimeHealth {
  /** Faults in a row, those that came while it was resting already counted once. */
  readonly faults: number;
  /** Usage limits in a row: each wait that was wrong doubles the next. */
  readonly limits: number;
  /** Milliseconds since the epoch; null when it may be started now. */
  readonly resting_until: number | null;
  readonly resting_for: 'usage_limit' | 'back_off';
  /** What it said when its rest began. */
  readonly resting_reason: string;
  /** Why it is of no use any more in this run; null while it is. */
  readonly failed: string | null;
}

/** A runtime of which nothing bad is known. */
export const HEALTHY: RuntimeHealth = {
  faults: 0,
  limits: 0,
  resting_until: null,
  resting_for: 'back_off',
  resting_reason: '',
  failed: null,
};

const SHORTEST_LIMIT_MS = 60_000;
const LONGEST_LIMIT_MS = 6 * 3_600_000;
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = 300_000;

/** Whether it must not be started at this time, in milliseconds since the epoch. Pure. */
export function isResting({ resting_until }: RuntimeHealth, now: number): boolean {
  return resting_until !== null && now < resting_until;
}

/** How an attempt ended, as far as its runtime is concerned. */
export interface RuntimeReport {
  readonly end: AttemptEnd;
  readonly reason: string;
  readonly resets_at: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From 0 to 1, so that slots do not all come back at one moment. */
  readonly jitter: number;
}

/** The health after one more attempt (LOOP.md §7). Pure. */
export function reportAttempt(health: RuntimeHealth, report: RuntimeReport): RuntimeHealth {
  const { end, now } = report;
  const resting = isResting(health, now);
  switch (end) {
    case 'authentication':
    case 'program_missing':
      return { ...health, failed: report.reason };
    case 'usage_limit': {
      const limits = resting ? health.limits : health.limits + 1;
      const least = Math.min(SHORTEST_LIMIT_MS * 2 ** Math.max(0, limits - 1), LONGEST_LIMIT_MS);
      const reset = report.resets_at === null ? Number.NaN : Date.parse(report.resets_at);
      const until = Math.max(now + least, Number.isNaN(reset) ? 0 : reset, health.resting_until ?? 0);
      const resting_reason = report.reason;
      return { ...health, limits, resting_until: until, resting_for: 'usage_limit', resting_reason };
    }
    case 'rate_limit':
    case 'server':
    case 'spawn_failed':
    case 'bad_request': {
      // Slots that fail together are one fault: the second has not been tried after the first one's rest.
      if (resting) return health;
      const faults = health.faults + 1;
      if (faults >= MAX_FAULTS) return { ...health, faults, failed: report.reason };
      const wait = Math.min(FIRST_BACK_OFF_MS * 2 ** (faults - 1), LONGEST_BACK_OFF_MS);
      return {
        ...health,
        faults,
        resting_until: now + wait * (0.75 + report.jitter / 2),
        resting_for: 'back_off',
        resting_reason: report.reason,
      };
    }
    case 'claim_lost':
    case 'queue_failed':
    case 'aborted':
    case 'skipped':
    case 'run_aborted':
    case 'interrupted':
    case 'setup_failed':
      return health;
    case 'merged':
    case 'empty':
    case 'gate_red':
    case 'merged_gate_red':
    case 'no_closing_word':
    case 'foreign_change':
    case 'operation_in_progress':
    case 'base_lost':
    case 'iteration_timeout':
    case 'iteration_budget':
    case 'stalled':
    case 'crashed':
    case 'killed':
    case 'unknown':
    case 'refusal':
    case 'prompt_too_long':
    case 'git_failed':
    case 'blocked':
    case 'conflict':
    case 'parked':
      // The agent has worked; what others met meanwhile holds for as long as it was to hold, a failure for good.
      return resting || health.failed !== null ? health : HEALTHY;
  }
}
