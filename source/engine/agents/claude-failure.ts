import { plainText } from '../plain-text.js';
import { plainLine } from '../plain-line.js';
import type { AgentResult } from '../ports.js';
import type { ResultMessage } from './claude-messages.js';
import { resetTime } from './reset-time.js';

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

type Failure = NonNullable<AgentResult['failure']>;

const MESSAGE_LENGTH = 500;
const LOOKED_AT = 4 * MESSAGE_LENGTH;
const LIMIT_WORDS =
  /\b(?:usage|session|weekly|\d+-hour|opus|sonnet) limit\b|\bhit your (?:\w+ )?limit\b|\bout of extra usage\b/i;
const AUTHENTICATION_ERRORS = new Set(['authentication_failed', 'billing_error', 'oauth_org_not_allowed']);
const SERVER_ERRORS = new Set(['server_error', 'overloaded']);

/**
 * How a Claude-shaped stream failed by its own account; null when it ended well or said nothing of it. Neither
 * `subtype` nor the exit code is trusted: `subtype` is "success" when the API has failed. Pure.
 */
export function claudeFailure(ending: ClaudeEnding, now: Date): Failure | null {
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

function kindOf(ending: ClaudeEnding, message: string): Failure['kind'] {
  const { result, error, retries } = ending;
  const status = result?.api_error_status ?? error?.status ?? null;
  const name = error?.name ?? '';
  if (result?.terminal_reason === 'prompt_too_long' || /\bprompt is too long\b/i.test(message))
    return 'prompt_too_long';
  if (result?.stop_reason === 'refusal') return 'refusal';
  // An empty account is like a wrong key: it does not pass by itself, a person has to act.
  if (status === 401 || status === 403 || AUTHENTICATION_ERRORS.has(name)) return 'authentication';
  if (status === 429 || name === 'rate_limit') {
    // The program itself tries again, unless it was told to wait for so long that it makes no sense.
    return ending.limit !== null || LIMIT_WORDS.test(message) || retries === 0 ? 'usage_limit' : 'rate_limit';
  }
  if ((status ?? 0) >= 500 || SERVER_ERRORS.has(name)) return 'server';
  // A connection that was lost has no status: only the attempts to get it back tell of it.
  if (status === null && retries > 0) return 'server';
  return 'crashed';
}
