import { z } from 'zod';
import { controlSchema } from './controls.js';
import { durableEventSchema, transientEventSchema } from './events.js';
import { runIdSchema } from './ids.js';

/** The version of what goes over a control socket; another one is refused by name. */
export const CONTROL_VERSION = 1;

/** What a run says to whoever is connected to its control socket: one JSON object a line. */
export const serverMessageSchema = z.discriminatedUnion('kind', [
  /** The first line: what has happened before is the journal's first events, so many. All that follow are told. */
  z.object({
    kind: z.literal('hello'),
    version: z.literal(CONTROL_VERSION),
    run: runIdSchema,
    journal: z.string(),
    events: z.int().min(0),
  }),
  z.object({ kind: z.literal('event'), event: z.union([durableEventSchema, transientEventSchema]) }),
  /** What is said to the control of that number. */
  z.object({ kind: z.literal('answer'), id: z.int().nullable(), ok: z.boolean(), text: z.string() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** What is asked of a run over its control socket. */
export const clientMessageSchema = z.object({ id: z.int(), control: controlSchema });
export type ClientMessage = z.infer<typeof clientMessageSchema>;
