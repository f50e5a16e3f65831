import { z } from 'zod';
import { slotNumberSchema, taskIdSchema, workerNumberSchema } from './ids.js';
import { raisedLimitsSchema } from './raise-limits.js';

/** In UTF-16 units: a note is read by a model, beside everything else. */
const LONGEST_NOTE = 10_000;

/** A request to the engine, in the imperative. Serialisable, so that it may come from another process. */
export const controlSchema = z.discriminatedUnion('type', [
  /** The slot finishes its iteration and takes no further task. */
  z.object({ type: z.literal('pauseSlot'), slot: slotNumberSchema }),
  z.object({ type: z.literal('resumeSlot'), slot: slotNumberSchema }),
  /** The run goes on with one slot more. */
  z.object({ type: z.literal('addSlot') }),
  /** The highest slot takes no further task, and is gone when its iteration has ended. */
  z.object({ type: z.literal('removeSlot') }),
  /** The slot's iteration ends at once, its work is kept and its task goes back; this run takes it again only when asked to. */
  z.object({ type: z.literal('abortSlot'), slot: slotNumberSchema }),
  /** This run leaves the task alone; an iteration of it ends as by `abortSlot`. */
  z.object({ type: z.literal('skipTask'), task: taskIdSchema }),
  /** The run may take the task once more, although it has failed, was aborted or skipped. */
  z.object({ type: z.literal('retryTask'), task: taskIdSchema }),
  /** Goes into the task's next prompts; a slot means the task that it works on. */
  z.object({
    type: z.literal('noteTask'),
    to: z.union([z.object({ task: taskIdSchema }), z.object({ slot: slotNumberSchema })]),
    text: z.string().trim().min(1).max(LONGEST_NOTE),
  }),
  /** The run may use more than it was allowed to; no limit becomes less. */
  z.object({ type: z.literal('raiseLimits'), limits: raisedLimitsSchema }),
  /** A person goes into a worker's worktree: the run goes on as before, and remembers it. */
  z.object({
    type: z.literal('visitWorktree'),
    worker: workerNumberSchema,
    program: z.enum(['editor', 'shell']),
  }),
  /** No further iteration begins; those in work finish, and what is merged lands. */
  z.object({ type: z.literal('drainRun') }),
  /** Running agents are ended, their tasks go back to open, what was merged stays and lands by a pure fast-forward. */
  z.object({ type: z.literal('abortRun') }),
]);
export type Control = z.infer<typeof controlSchema>;

/** The controls that are for slots and tasks, and so wait until there are some. */
export type SlotControl = Exclude<Control, { type: 'abortRun' }>;
