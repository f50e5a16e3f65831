import { z } from 'zod';
import { durationSchema } from './duration.js';

/** Whether a path or glob stays inside the project, and out of what belongs to git and hew. */
function staysInside(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return (
    !path.startsWith('/') &&
    !/^[A-Za-z]:|[\\\0\n]/.test(path) &&
    parts.length > 0 &&
    !parts.includes('..') &&
    !parts.some((part) => part.toLowerCase() === '.git') &&
    parts[0]?.toLowerCase() !== '.hew'
  );
}

const text = z
  .string({ error: 'must be text in quotes' })
  .trim()
  .min(1, 'must not be empty: remove the line instead');
const insidePath = z
  .string({ error: 'must be text in quotes' })
  .refine(staysInside, 'must be a path or glob inside the project, without "..", and not of .git or .hew');
const pathList = z.array(insidePath, { error: 'must be a list of paths, such as [".env"]' });
const oneOrMore = z.int({ error: 'must be a whole number' }).min(1, 'must be 1 or more');

/** `[gate]`: the commands that a tree must pass, and how long they may take together. */
const gateSchema = z.strictObject({
  test: text.optional(),
  lint: text.optional(),
  timeout: durationSchema.optional(),
});

/** `[worktree]`: what makes a fresh worktree usable. `setup = false` means that nothing need be run. */
const worktreeSchema = z.strictObject({
  setup: z
    .union([text, z.literal(false)], { error: 'must be a command line in quotes, or false for none' })
    .optional(),
  copy: pathList.optional(),
  link: pathList.optional(),
});

/** What a run does when its terminal goes away. */
export const HANGUP_CHOICES = ['continue', 'drain', 'abort'] as const;

/**
 * `[loop]`: how a run works and what it may use. The command line's flags have the same names and rules, with `-` for
 * `_`, so that they are read through this schema too.
 */
export const loopSettingsSchema = z.strictObject({
  jobs: z
    .int({ error: 'must be a whole number from 1 to 16' })
    .min(1, 'must be from 1 to 16')
    .max(16, 'must be from 1 to 16')
    .optional(),
  attempts: oneOrMore.optional(),
  runtime: text.optional(),
  agent_command: text.optional(),
  /** What the runtime calls the model; a program would take one that begins with a dash for a flag. */
  model: text.refine((name) => !name.startsWith('-'), 'must be the name of a model').optional(),
  max_iter: oneOrMore.optional(),
  budget_tokens: oneOrMore.optional(),
  /** US dollars. */
  budget_cost: z.number({ error: 'must be a number of dollars' }).positive('must be more than 0').optional(),
  budget_wall: durationSchema.optional(),
  iteration_timeout: durationSchema.optional(),
  stall_timeout: durationSchema.optional(),
  stop_file: text.optional(),
  on_hangup: z.enum(HANGUP_CHOICES, { error: 'must be "continue", "drain" or "abort"' }).optional(),
});
/** What `[loop]` or the flags say, durations in milliseconds; what they leave out is undefined. */
export type LoopSettings = z.infer<typeof loopSettingsSchema>;

/** The whole of `.hew.toml`. Strict: a key that hew does not know is an error, since it is a setting that would not hold. */
export const settingsFileSchema = z.strictObject({
  gate: gateSchema.optional(),
  worktree: worktreeSchema.optional(),
  loop: loopSettingsSchema.optional(),
});
/** What `.hew.toml` says, durations in milliseconds; what it leaves out is undefined. */
export type SettingsFile = z.infer<typeof settingsFileSchema>;

/** The sections and their keys, for the hints that errors give. */
export const SETTING_NAMES: Readonly<Record<string, readonly string[]>> = {
  gate: Object.keys(gateSchema.shape),
  worktree: Object.keys(worktreeSchema.shape),
  loop: Object.keys(loopSettingsSchema.shape),
};
