/** Why an agent's program failed, as far as it can be told. */
export type AgentFailure =
  /** It exited with another code than 0 and told nothing. */
  | 'crashed'
  /** A signal that hew did not send ended it. */
  | 'killed'
  /** It told a failure of which hew knows no more. */
  | 'unknown'
  | 'refusal'
  | 'prompt_too_long'
  /** The request itself was refused: a model that there is not, a parameter that is not allowed. */
  | 'bad_request'
  | 'usage_limit'
  | 'rate_limit'
  | 'server'
  | 'authentication'
  | 'program_missing'
  /** The program is there, and the system could not start it. */
  | 'spawn_failed'
  | 'iteration_timeout'
  /** It has cost more than `--iteration-budget-cost` allows. */
  | 'iteration_budget'
  | 'stalled'
  | 'aborted';

/** How an agent's program failed, in words; `resets_at` is when the account's limit ends, in UTC, ISO 8601. */
export interface AgentProblem {
  readonly kind: AgentFailure;
  readonly message: string;
  readonly resets_at: string | null;
}
