import type { Control } from '../engine/controls.js';
import type { AttemptEnd } from '../engine/outcome.js';
import { raisedInWords } from '../engine/raise-limits.js';
import { type StopReason, stopReasonSchema } from '../engine/stop.js';

const ENDS: Readonly<Record<AttemptEnd, string>> = {
  merged: 'merged',
  empty: 'no change needed',
  gate_red: 'gate red',
  merged_gate_red: 'gate red after the merge',
  no_closing_word: 'no closing word',
  foreign_change: 'changed only what is not its own',
  operation_in_progress: 'left a git operation unfinished',
  base_lost: 'left the commit that it began from',
  setup_failed: 'setup failed',
  iteration_timeout: 'took too long',
  iteration_budget: 'cost too much',
  stalled: 'stalled',
  crashed: 'agent crashed',
  killed: 'agent was killed',
  unknown: 'agent failed',
  refusal: 'agent refused',
  prompt_too_long: 'prompt too long',
  git_failed: 'git failed',
  blocked: 'blocked',
  conflict: 'merge conflict',
  parked: 'parked',
  usage_limit: 'usage limit',
  rate_limit: 'rate limit',
  server: 'server error',
  authentication: 'not authenticated',
  program_missing: 'program missing',
  spawn_failed: 'could not be started',
  bad_request: 'bad request',
  claim_lost: 'claim lost',
  queue_failed: 'the queue did not answer',
  aborted: 'aborted',
  skipped: 'skipped',
  run_aborted: 'run aborted',
  interrupted: 'cut off with hew',
};

const STOPS: Readonly<Record<StopReason, string>> = {
  cancelled: 'cancelled',
  stop_file: 'asked to stop',
  budget_tokens: 'budget of tokens reached',
  budget_cost: 'budget of money reached',
  budget_wall: 'budget of time reached',
  max_iter: 'iteration limit reached',
  runtime_error: 'no runtime works',
  guard_trip: 'halted by a safeguard',
  ready_empty: 'nothing is ready any more',
};

/** How an attempt ended, for people. */
export function endInWords(end: AttemptEnd): string {
  return ENDS[end];
}

/** Why a run stopped, for people; a word that only an earlier hew knew stays as it is. */
export function stopInWords(reason: string): string {
  const known = stopReasonSchema.safeParse(reason).data;
  return known === undefined ? reason : STOPS[known];
}

const LIMITS: ReadonlyMap<StopReason, string> = new Map([
  ['budget_tokens', 'token budget'],
  ['budget_cost', 'cost budget'],
  ['budget_wall', 'time'],
  ['max_iter', 'iterations'],
]);

/** The limit that a run stops by for this reason, for people. */
export function limitInWords(reason: StopReason): string {
  return LIMITS.get(reason) ?? reason;
}

/** What was asked of a run, for people: `pause slot 2`. A note's text is in it as it came. */
export function controlInWords(control: Control): string {
  switch (control.type) {
    case 'pauseSlot':
      return `pause slot ${control.slot}`;
    case 'resumeSlot':
      return `resume slot ${control.slot}`;
    case 'addSlot':
      return 'add a slot';
    case 'removeSlot':
      return 'remove a slot';
    case 'abortSlot':
      return `abort what slot ${control.slot} does`;
    case 'skipTask':
      return `skip ${control.task}`;
    case 'retryTask':
      return `try ${control.task} again`;
    case 'noteTask':
      return `tell ${'task' in control.to ? control.to.task : `slot ${control.to.slot}`}: ${control.text}`;
    case 'raiseLimits':
      return `raise the limit to ${raisedInWords(control.limits)}`;
    case 'visitWorktree':
      return `open ${control.program === 'shell' ? 'a shell' : 'an editor'} in the worktree of w${control.worker}`;
    case 'drainRun':
      return 'begin no further iteration';
    case 'abortRun':
      return 'abort run';
  }
}
