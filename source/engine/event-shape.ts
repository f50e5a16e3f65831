import { z } from 'zod';
import { slotNumberSchema, workerNumberSchema } from './ids.js';

/** The version of the vocabulary; readers refuse a higher one. */
export const EVENT_VERSION = 1;

export const count = z.int().min(0);
export const milliseconds = z.number().min(0);
export const tokenCountSchema = z.object({
  input: count,
  output: count,
  cache_read: count,
  cache_create: count,
});

/** One kind of event: its type, its stamp, and what else it says. */
export function event<const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.object({ v: z.literal(EVENT_VERSION), type: z.literal(type), at: z.iso.datetime(), ...shape });
}

export const place = { slot: slotNumberSchema, worker: workerNumberSchema };
