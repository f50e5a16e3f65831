import { plainText } from '../plain-text.js';
import { plainLine } from '../plain-line.js';
import type { AgentFailure, AgentProblem } from '../agent-failure.js';
import type { ResultMessage } from './claude-messages.js';
import { resetTime } from './reset-time.js';
import { tellsUsageLimit } from './tells-usage-limit.js';

/** What a Claude-shaped stream said of its own end. */
export interface ClaudeEnding {
  /** The last result of the stream; earlier ones were followed by another turn. */
  readonly result: Pick<
    ResultMessage,
    'is_error' | 'result' | 'errors' | 'terminal_reason' | 'stop_reason' | 'api_error_status'
  > | null;
  /** The last API failure that no ordinary message has followed. */
  readonly error: { readonly name: string; readonly status: number | null; readonly text: string } | null;
  /** How often the program has tried again since the last ordinary message. */
  readonly retries: number;
  /** The last word on the account's limit was that it is used up; `resets_at` in UTC, ISO 8601. */
  readonly limit: { readonly resets_at: string | null } | null;
}

const MESSAGE_LENGTH = 500;
const LOOKED_AT = 4 * MESSAGE_LENGTH;

/** What `terminal_reason` says by itself; `api_error` and others leave it to the error. */
const ENDS: ReadonlyMap<string, AgentFailure> = new Map([
  ['prompt_too_long', 'prompt_too_long'],
  ['budget_exhausted', 'iteration_budget'],
  // What INT leaves, whoever sent it.
  ['aborted_streaming', 'killed'],
  ['aborted_tools', 'killed'],
]);

/** What the name of an API failure says; `unknown` and names that are not here leave it to the status. */
const ERRORS: ReadonlyMap<string, AgentFailure> = new Map([
  ['authentication_failed', 'authentication'],
  // An empty account is like a wrong key: it does not pass by itself, a person has to act.
  ['billing_error', 'authentication'],
  ['oauth_org_not_allowed', 'authentication'],
  ['rate_limit', 'rate_limit'],
  ['server_error', 'server'],
  ['overloaded', 'server'],
  ['model_not_found', 'bad_request'],
  ['invalid_request', 'bad_request'],
]);

/**
 * How a Claude-shaped stream failed by its own account; null when it ended well or said nothing of it. Neither
 * `subtype` nor the exit code is trusted: `subtype` is "success" when the API has failed. Pure.
 */
export function claudeFailure(ending: ClaudeEnding, now: Date): AgentProblem | null {
  const { result, error } = ending;
  const ended = result === null || result.terminal_reason === null || result.terminal_reason === 'completed';
  if (result === null ? error === null : !result.is_error && ended) return null;
  const message = messageOf(ending);
  const kind = kindOf(ending, message);
  const resets_at = kind === 'usage_limit' ? (ending.limit?.resets_at ?? resetTime(message, now)) : null;
  return { kind, message: plainLine(message, MESSAGE_LENGTH), resets_at };
}

function messageOf({ result, error }: ClaudeEnding): string {
  const told = [result?.result, result?.errors.join('; '), error?.text].find(
    (text) => (text ?? '').trim() !== '',
  );
  return plainText(
    (told ?? `ended with ${result?.terminal_reason ?? error?.name ?? 'an error'}`).slice(0, LOOKED_AT),
  );
}

function kindOf(ending: ClaudeEnding, message: string): AgentFailure {
  const { result, error, retries } = ending;
  const status = result?.api_error_status ?? error?.status ?? null;
  const end = result?.terminal_reason ?? result?.stop_reason ?? null;
  // The program itself tries again, unless it was told to wait for so long that it makes no sense.
  const limit = ending.limit !== null || retries === 0 ? 'usage_limit' : 'rate_limit';
  const named = result?.stop_reason === 'refusal' ? 'refusal' : ENDS.get(end ?? '');
  const kind = named ?? (error === null ? undefined : ERRORS.get(error.name)) ?? kindOfStatus(status);
  if (kind !== null) return kind === 'rate_limit' ? limit : kind;
  // A connection that was lost has no status: only the attempts to get it back tell of it.
  if (status === null && retries > 0) return 'server';
  // Older versions and programs that only look like it tell by words alone.
  if (end === null && status === null) {
    if (tellsUsageLimit(message)) return 'usage_limit';
    if (/\bprompt is too long\b/i.test(message)) return 'prompt_too_long';
  }
  return 'unknown';
}

function kindOfStatus(status: number | null): AgentFailure | null {
  if (status === null) return null;
  if (status === 401 || status === 403) return 'authentication';
  if (status === 429) return 'rate_limit';
  if (status >= 500) return 'server';
  return status >= 400 ? 'bad_request' : null;
}
