import type { LimitName } from './raise-limits.js';
import { loopSettingsSchema } from './settings-schema.js';

/** What is typed for a limit, read as the flag of that limit is. Pure. */
export function readLimit(
  name: LimitName,
  typed: string,
): { readonly value: number } | { readonly problem: string } {
  const text = typed.trim();
  const read =
    name === 'budget_wall_ms'
      ? loopSettingsSchema.shape.budget_wall.safeParse(text)
      : loopSettingsSchema.shape[name].safeParse(/^\d*\.?\d+$/.test(text) ? Number(text) : text);
  if (read.data !== undefined) return { value: read.data };
  return { problem: read.error?.issues[0]?.message ?? 'is missing' };
}
