import { z } from 'zod';
import { plainLine } from '../plain-line.js';
import { plainText } from '../plain-text.js';
import type { AgentFailure, AgentProblem } from '../agent-failure.js';
import { parseJsonLine } from './parse-json-line.js';
import { resetTime } from './reset-time.js';
import { tellsUsageLimit } from './tells-usage-limit.js';

const MESSAGE_LENGTH = 500;
const LOOKED_AT = 4 * MESSAGE_LENGTH;

/** A provider's answer to a request that it refuses, which codex gives on as it came. */
const bodySchema = z.object({
  error: z.object({ message: z.string(), type: z.string().nullish(), code: z.string().nullish() }),
});
/** codex's own words for an answer that it did not expect: the one place where it tells the status. */
const STATUS = /\b(?:unexpected|last) status:? (\d{3})\b/;

// Codex tells a failure by one sentence and no field, so that its own sentences must be known (codex 0.169).
const SENTENCES: readonly (readonly [RegExp, AgentFailure])[] = [
  [/^Codex ran out of room in the model['’]s context window/, 'prompt_too_long'],
  // An account without credit does not pass by itself: as with a wrong key, a person has to act.
  [/^Quota exceeded\. Check your plan/, 'authentication'],
  [/^Missing environment variable: /, 'authentication'],
  [/^The model [`'"].+[`'"] does not exist/, 'bad_request'],
  [/^We['’]re currently experiencing high demand/, 'server'],
  [/^Selected model is at capacity/, 'server'],
  [/^(?:stream disconnected|stream closed|error sending request|Connection failed)/i, 'server'],
];

/** What the last message of a turn that has failed says of why. Pure but for this machine's zone. */
export function codexFailure(told: string, now: Date): AgentProblem {
  const body = bodySchema.safeParse(parseJsonLine(told)?.value);
  const message = plainText((body.data?.error.message ?? told).slice(0, LOOKED_AT));
  const kind = body.success ? kindOfBody(body.data.error) : kindOf(message);
  return {
    kind,
    message: plainLine(
      message === '' ? 'the turn failed, and codex did not say why' : message,
      MESSAGE_LENGTH,
    ),
    resets_at: kind === 'usage_limit' ? resetTime(message, now) : null,
  };
}

function kindOfBody({ type, code }: z.infer<typeof bodySchema>['error']): AgentFailure {
  return code === 'context_length_exceeded' || type === 'context_length_exceeded'
    ? 'prompt_too_long'
    : 'bad_request';
}

function kindOf(message: string): AgentFailure {
  if (tellsUsageLimit(message)) return 'usage_limit';
  const status = Number(STATUS.exec(message)?.[1] ?? 0);
  if (status === 401 || status === 403) return 'authentication';
  if (status === 429) return 'rate_limit';
  if (status >= 500) return 'server';
  if (status >= 400) return 'bad_request';
  return SENTENCES.find(([sentence]) => sentence.test(message))?.[1] ?? 'unknown';
}
