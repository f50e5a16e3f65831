import type { Collected } from './collect.js';
import type { AttemptEnd } from './outcome.js';
import type { AgentResult } from './ports.js';

/** What an attempt is judged by when its agent has ended and its work is collected. */
export interface AttemptFacts {
  readonly agent: Pick<AgentResult, 'failure' | 'closing' | 'exit_code'>;
  readonly collected: Collected;
  /** What was changed outside of the worktree meanwhile, in words. */
  readonly foreign: readonly string[];
  /** The agent has closed its task in the queue: as good as saying so. */
  readonly closed_in_queue: boolean;
}

/** The work goes to the gate, or the attempt has ended. */
export type Judgement =
  | { readonly kind: 'gate' }
  | { readonly kind: 'ended'; readonly end: AttemptEnd; readonly reason: string | null };

/** Judges an attempt before its gate. Pure. */
export function judgeAttempt({ agent, collected, foreign, closed_in_queue }: AttemptFacts): Judgement {
  const ended = (end: AttemptEnd, reason: string | null): Judgement => ({ kind: 'ended', end, reason });
  if (agent.failure) {
    const { kind, message } = agent.failure;
    return ended(kind === 'aborted' ? 'run_aborted' : kind, message);
  }
  if (collected.kind === 'parked') return ended('parked', collected.reason);
  if (collected.kind === 'failed') return ended(collected.end, collected.reason);
  if (agent.closing?.kind === 'blocked') return ended('blocked', agent.closing.why);
  if (agent.closing === null && !closed_in_queue) {
    return ended(
      'no_closing_word',
      'the agent ended without the line "closed <task id>" or "blocked <task id>: <why>"',
    );
  }
  if (collected.tree !== collected.base_tree) return { kind: 'gate' };
  if (foreign.length > 0) {
    return ended(
      'foreign_change',
      `nothing changed in the worktree, but outside of it: ${foreign.join('; ')}`,
    );
  }
  return ended('empty', null);
}
