import { z } from 'zod';
import { AGENT_PROGRAMS } from './agents/agent-programs.js';
import { durationSchema } from './duration.js';
import { sizeSchema } from './size.js';

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
/** A program would take one that begins with a dash for a flag. */
const modelName = text.refine((name) => !name.startsWith('-'), 'must be the name of a model');
const pathList = z.array(insidePath, { error: 'must be a list of paths, such as [".env"]' });
const dollars = z.number({ error: 'must be a number of dollars' }).positive('must be more than 0');
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

/** One runtime or several: a list, or names with commas between them, as the command line has them. */
const runtimeNames = z
  .union([text.transform((names) => names.split(',').map((name) => name.trim())), z.array(text)], {
    error: 'must be the name of a runtime, or a list of names',
  })
  .pipe(
    z
      .array(z.string().min(1, 'must not have an empty name'))
      .min(1, 'must name a runtime')
      .max(16, 'must name at most 16 runtimes'),
  );

/** `[loop.model]`: which model a task gets by its priority or its type, else the default. */
const modelRulesSchema = z.strictObject({
  default: modelName.optional(),
  by_priority: z
    .strictObject(
      Object.fromEntries(['P0', 'P1', 'P2', 'P3', 'P4'].map((name) => [name, modelName.optional()])),
    )
    .optional(),
  by_type: z.record(z.string(), modelName).optional(),
});

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
  /** Dealt out to the slots in turn. */
  runtime: runtimeNames.optional(),
  fallback_runtime: text.optional(),
  fallback_cooldown_iters: oneOrMore.optional(),
  agent_command: text.optional(),
  model: z
    .union(
      [
        modelName.transform((name): z.infer<typeof modelRulesSchema> => ({ default: name })),
        modelRulesSchema,
      ],
      {
        error: 'must be the name of a model, or have default, by_priority (P0 to P4) and by_type',
      },
    )
    .optional(),
  /** A file of home whose text takes the place of the prompt's beginning. */
  skill: text.optional(),
  max_iter: oneOrMore.optional(),
  budget_tokens: oneOrMore.optional(),
  /** US dollars. */
  budget_cost: dollars.optional(),
  budget_wall: durationSchema.optional(),
  /** US dollars, for one iteration. */
  iteration_budget_cost: dollars.optional(),
  iteration_timeout: durationSchema.optional(),
  stall_timeout: durationSchema.optional(),
  stop_file: text.optional(),
  on_hangup: z.enum(HANGUP_CHOICES, { error: 'must be "continue", "drain" or "abort"' }).optional(),
  scope: z.enum(['ready', 'epics'], { error: 'must be "ready" or "epics"' }).optional(),
  epic: text.optional(),
});
/** What `[loop]` or the flags say, durations in milliseconds; what they leave out is undefined. */
export type LoopSettings = z.infer<typeof loopSettingsSchema>;

/** What hew gives an agent itself, and what would turn its git against another repository. */
const RESERVED =
  /^(?:HEW_|GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|NAMESPACE|CEILING|CONFIG))/;
const variables = z.record(
  z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable')
    .refine((name) => !RESERVED.test(name), 'must be left to hew'),
  z
    .string({ error: 'must be text in quotes' })
    .refine((value) => !value.includes('\0'), 'must not contain NUL'),
);
const texts = z.array(z.string({ error: 'must be text in quotes' }), {
  error: 'must be a list of texts, such as ["--verbose"]',
});
const agentKeys = {
  bin: text.optional(),
  args: texts.optional(),
  model: modelName.optional(),
  env: variables.optional(),
};
/** `[agents.<runtime>]`: how the runtime's program is started. */
const agentSchema = z.strictObject(agentKeys);
/** The same for a runtime whose program takes a list of tools that it may use without being asked. */
const agentWithToolsSchema = z.strictObject({ ...agentKeys, allowed_tools: texts.optional() });
/** What `[agents.<runtime>]` says; what it leaves out is undefined. */
export type AgentSection = z.infer<typeof agentSchema> & Partial<z.infer<typeof agentWithToolsSchema>>;
const agentSchemas = AGENT_PROGRAMS.map(
  ({ runtime, takes_allowed_tools }) =>
    [runtime, takes_allowed_tools ? agentWithToolsSchema : agentSchema] as const,
);
const agentsSchema = z.strictObject(
  Object.fromEntries<z.ZodOptional<typeof agentWithToolsSchema | typeof agentSchema>>(
    agentSchemas.map(([runtime, schema]) => [runtime, schema.optional()]),
  ),
);

const price = z.number({ error: 'must be a number of dollars' }).min(0, 'must not be less than 0');
/** `[prices."<model>"]`: US dollars per million tokens. */
const priceSchema = z.strictObject({
  input: price,
  output: price,
  cache_read: price.optional(),
  cache_create: price.optional(),
});

/** `[limits]`: what the machine must have left before an agent is started. */
const limitsSchema = z.strictObject({ min_free_disk: sizeSchema.optional() });

/** `[notify]`: what is started when something is worth calling a person for, as a list of words; no shell reads them. */
const notifySchema = z.strictObject({
  command: z
    .array(
      z
        .string({ error: 'must be text in quotes' })
        .refine((word) => !word.includes('\0'), 'must not contain NUL'),
      { error: 'must be a list of words, such as ["notify-send", "hew"]' },
    )
    .refine(([program = '']) => program.trim() !== '', 'must begin with a program: remove the line instead')
    .optional(),
});

/** The whole of `.hew.toml`. Strict: a key that hew does not know is an error, since it is a setting that would not hold. */
export const settingsFileSchema = z.strictObject({
  gate: gateSchema.optional(),
  worktree: worktreeSchema.optional(),
  loop: loopSettingsSchema.optional(),
  limits: limitsSchema.optional(),
  notify: notifySchema.optional(),
  agents: agentsSchema.optional(),
  prices: z.record(z.string(), priceSchema).optional(),
});
/** What `.hew.toml` says, durations in milliseconds; what it leaves out is undefined. */
export type SettingsFile = z.infer<typeof settingsFileSchema>;

/** What errors call the section of any model's price. */
export const PRICE_SECTION = 'prices."<model>"';

/** The sections and their keys, for the hints that errors give; the names of models stand for themselves. */
export const SETTING_NAMES: Readonly<Record<string, readonly string[]>> = {
  gate: Object.keys(gateSchema.shape),
  worktree: Object.keys(worktreeSchema.shape),
  loop: Object.keys(loopSettingsSchema.shape),
  limits: Object.keys(limitsSchema.shape),
  notify: Object.keys(notifySchema.shape),
  agents: agentSchemas.map(([runtime]) => runtime),
  ...Object.fromEntries(
    agentSchemas.map(([runtime, schema]) => [`agents.${runtime}`, Object.keys(schema.shape)]),
  ),
  [PRICE_SECTION]: Object.keys(priceSchema.shape),
};
