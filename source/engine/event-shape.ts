import { z } from 'zod';
import { slotNumberSchema, taskIdSchema, workerNumberSchema } from './ids.js';

/** The version of the vocabulary; readers refuse a higher one. */
export const EVENT_VERSION = 1;

/** How many of something. */
export const count = z.int().min(0);
/** A duration. */
export const milliseconds = z.number().min(0);
/** Tokens of each kind. */
export const tokenCountSchema = z.object({
  input: count,
  output: count,
  cache_read: count,
  cache_create: count,
});

/** The schema of an event: what every event has, and what this one has beside it. */
export function event<const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ v: z.literal(EVENT_VERSION), type: z.literal(type), at: z.iso.datetime(), ...shape });
}

/** Where something happens. */
export const place = { slot: slotNumberSchema, worker: workerNumberSchema };
/** The attempt that something happens in. */
export const work = { ...place, task: taskIdSchema, attempt: z.int().min(1), iteration: z.int().min(1) };

/** How a task goes back to the queue. */
export const returned = {
  task: taskIdSchema,
  note: z.string(),
  failed: z.boolean(),
  /** Any slot of the run may take it again: it was the slot that went, not the task. */
  offered: z.boolean().default(false),
};

const limit = z.number().min(0).nullable();
/** The limits of a run; null is no limit. */
export const limitsSchema = z.object({
  max_iter: limit,
  budget_tokens: limit,
  budget_cost: limit,
  budget_wall_ms: limit,
});
