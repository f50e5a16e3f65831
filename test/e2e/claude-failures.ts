import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SteppedAgent } from '../stepped-agents.js';

function line(message: object): string {
  return `${JSON.stringify(message)}\n`;
}

/** The result with which Claude tells that it has failed: one line. */
export function failed(fields: object): string {
  return line({ type: 'result', subtype: 'success', is_error: true, ...fields });
}

/** What Claude writes last when it fails, by how hew names that failure. */
const WRITTEN = {
  refusal: failed({ stop_reason: 'refusal', result: 'I cannot help with that' }),
  prompt_too_long: failed({ terminal_reason: 'prompt_too_long', result: 'Prompt is too long' }),
  authentication: failed({ api_error_status: 401, result: 'Invalid API key · Please run /login' }),
} as const;
/** What it was recorded to write. */
const RECORDED = { rate_limit: 'claude-429', usage_limit: 'claude-429-quota', server: 'claude-500' } as const;

/** A way in which Claude fails. */
export type ClaudeFailureName = keyof typeof WRITTEN | keyof typeof RECORDED;

/**
 * Lets an agent write what Claude writes when it fails so, and end as Claude does. `resetsAt` is when the account's limit
 * ends, in seconds since 1970.
 */
export async function failLikeClaude(
  agent: SteppedAgent,
  name: ClaudeFailureName,
  limit: { readonly resetsAt?: number } = {},
): Promise<void> {
  if (limit.resetsAt !== undefined) {
    const rate_limit_info = { status: 'rejected', resetsAt: limit.resetsAt };
    await agent.print(line({ type: 'rate_limit_event', rate_limit_info }));
  }
  await agent.print(name in WRITTEN ? WRITTEN[name as keyof typeof WRITTEN] : await recorded(name));
  await agent.exit(1);
}

async function recorded(name: ClaudeFailureName): Promise<string> {
  const file = `../recordings/${RECORDED[name as keyof typeof RECORDED]}.jsonl`;
  return readFile(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
}

/** The result line of a turn that went well and used that many tokens. */
export function resultOf(text: string, tokens: number): string {
  return line({
    type: 'result',
    subtype: 'success',
    is_error: false,
    result: text,
    terminal_reason: 'completed',
    total_cost_usd: 0.25,
    usage: {
      input_tokens: tokens,
      output_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
  });
}
