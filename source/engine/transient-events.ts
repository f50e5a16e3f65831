import { z } from 'zod';
import { conflictAheadSchema } from './conflicts-ahead.js';
import { queueEntrySchema } from './queue-entries.js';
import { count, event, milliseconds, place, tokenCountSchema } from './event-shape.js';

/** What only passes by: it is neither journalled nor part of the durable state. */
export const transientEventSchema = z.discriminatedUnion('type', [
  event('agent.line', {
    ...place,
    kind: z.enum(['text', 'tool', 'result', 'error', 'gate']),
    text: z.string(),
  }),
  /** The queue was looked at: how many tasks it has for agents, ready or not, besides those in work. */
  event('queue.seen', { left: count }),
  /** The same look, task by task. */
  event('queue.listed', { entries: z.array(queueEntrySchema), unlisted: count }),
  /** What would conflict if it were merged now, while its agents still work; told when that changes. */
  event('workers.conflicting', { conflicts: z.array(conflictAheadSchema), reason: z.string().nullable() }),
  event('agent.usage', {
    ...place,
    tokens: tokenCountSchema,
    cost_usd: z.number().nullable(),
    model: z.string().nullable(),
  }),
  /** The agent has given no sign of life for `quiet_ms` (0: it has again), and is ended after `stall_ms`. */
  event('agent.quiet', { ...place, quiet_ms: milliseconds, stall_ms: milliseconds }),
]);
export type TransientEvent = z.infer<typeof transientEventSchema>;
