import { z } from 'zod';

// What hew reads of Claude's stream of messages. A field that is missing or of another kind is read as its default: a
// later version of the program must not make a whole message unreadable.

// What is missing has its default at once: to be told as an error first and caught then would cost ten times as much.
const count = z.int().min(0).default(0).catch(0);
const text = z.string().default('').catch('');
const textOrNull = z.string().nullable().default(null).catch(null);
const numberOrNull = z.number().nullable().default(null).catch(null);
const flag = z.boolean().default(false).catch(false);

const usageSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});
const usageOrNull = usageSchema.nullable().default(null).catch(null);
const modelUsageSchema = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheReadInputTokens: count,
  cacheCreationInputTokens: count,
});

const knownBlockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('tool_use'),
    id: text,
    name: z.string(),
    input: z.record(z.string(), z.unknown()).catch({}),
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: text,
    content: z.union([z.string(), z.array(z.object({ text }))]).catch(''),
    is_error: flag,
  }),
]);
const blockSchema = z.union([
  knownBlockSchema,
  z.object({ type: z.string() }).transform(() => ({ type: 'other' as const })),
]);
const contentSchema = z.union([
  z.array(blockSchema),
  z.string().transform((said) => [{ type: 'text' as const, text: said }]),
]);

const assistantSchema = z.object({
  type: z.literal('assistant'),
  message: z.object({
    id: textOrNull,
    model: textOrNull,
    content: contentSchema.catch([]),
    usage: usageOrNull,
  }),
  parent_tool_use_id: textOrNull,
  /** The name of an API failure, of which the message is only the text. */
  error: textOrNull,
  api_error_status: numberOrNull,
});

const userSchema = z.object({
  type: z.literal('user'),
  message: z.object({ content: contentSchema.catch([]) }),
});

const systemSchema = z.object({
  type: z.literal('system'),
  subtype: text,
  cwd: textOrNull,
  model: textOrNull,
  attempt: count,
  max_retries: count,
  error_status: numberOrNull,
  error: textOrNull,
  tool_name: textOrNull,
  message: textOrNull,
});

const streamEventSchema = z.object({
  type: z.literal('stream_event'),
  api_message_id: textOrNull,
  event: z.object({
    type: text,
    message: z.object({ id: text, usage: usageSchema }).nullable().catch(null),
    usage: usageOrNull,
  }),
});

const rateLimitSchema = z.object({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.object({
    status: text,
    /** Seconds since 1970. */
    resetsAt: z.int().min(0).max(8_640_000_000_000).nullable().catch(null),
  }),
});

const resultSchema = z.object({
  type: z.literal('result'),
  subtype: text,
  is_error: flag,
  result: textOrNull,
  errors: z.array(z.string()).catch([]),
  terminal_reason: textOrNull,
  stop_reason: textOrNull,
  api_error_status: numberOrNull,
  uuid: textOrNull,
  total_cost_usd: z.number().min(0).nullable().catch(null),
  usage: usageOrNull,
  modelUsage: z.record(z.string(), modelUsageSchema).catch({}),
});

/** One line of Claude's `--output-format stream-json`, of the kinds that hew looks at. */
export const claudeMessageSchema = z.discriminatedUnion('type', [
  assistantSchema,
  userSchema,
  systemSchema,
  streamEventSchema,
  rateLimitSchema,
  resultSchema,
]);

export type ClaudeMessage = z.infer<typeof claudeMessageSchema>;
export type AssistantMessage = z.infer<typeof assistantSchema>;
export type UserMessage = z.infer<typeof userSchema>;
export type SystemMessage = z.infer<typeof systemSchema>;
export type ResultMessage = z.infer<typeof resultSchema>;
export type ClaudeUsage = z.infer<typeof usageSchema>;
