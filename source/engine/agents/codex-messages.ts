import { z } from 'zod';

// What hew reads of `codex exec --json`. A field that is missing or of another kind is read as its default: a later
// version of the program must not make a whole event unreadable.

const count = z.int().min(0).catch(0);
const text = z.string().catch('');

const itemSchema = z.union([
  z.object({ type: z.literal('agent_message'), text }),
  z.object({ type: z.literal('error'), message: text }),
  z.object({
    type: z.literal('command_execution'),
    id: text,
    command: text,
    aggregated_output: text,
    status: text,
  }),
  z.object({
    type: z.literal('file_change'),
    id: text,
    changes: z.array(z.object({ path: text, kind: text })).catch([]),
  }),
  z.object({ type: z.literal('mcp_tool_call'), id: text, server: text, tool: text }),
  z.object({ type: z.literal('web_search'), id: text, query: text }),
  z.object({ type: z.literal('collab_tool_call'), id: text, tool: text }),
  z.object({ type: z.string() }).transform(() => ({ type: 'other' as const })),
]);

const usageSchema = z.object({
  /** All input, what was read from the cache and what was written to it included. */
  input_tokens: count,
  cached_input_tokens: count,
  cache_write_input_tokens: count,
  output_tokens: count,
});

/** One line of `codex exec --json`, of the kinds that hew looks at. */
export const codexEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('turn.started') }),
  z.object({ type: z.literal('item.started'), item: itemSchema }),
  z.object({ type: z.literal('item.updated'), item: itemSchema }),
  z.object({ type: z.literal('item.completed'), item: itemSchema }),
  z.object({ type: z.literal('turn.completed'), usage: usageSchema.nullable().catch(null) }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: text }) }),
  z.object({ type: z.literal('error'), message: text }),
]);

export type CodexEvent = z.infer<typeof codexEventSchema>;
export type CodexItem = z.infer<typeof itemSchema>;
export type CodexUsage = z.infer<typeof usageSchema>;
