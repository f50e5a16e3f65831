import { z } from 'zod';
import { slotNumberSchema } from './ids.js';

/** A request to the engine, in the imperative. Serialisable, so that it may come from another process. */
export const controlSchema = z.discriminatedUnion('type', [
  /** The slot finishes its iteration and takes no further task. */
  z.object({ type: z.literal('pauseSlot'), slot: slotNumberSchema }),
  z.object({ type: z.literal('resumeSlot'), slot: slotNumberSchema }),
  /** Running agents are ended, their tasks go back to open, what was merged stays and lands by a pure fast-forward. */
  z.object({ type: z.literal('abortRun') }),
]);
export type Control = z.infer<typeof controlSchema>;
