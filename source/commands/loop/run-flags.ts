import type { StartOptions } from '../../engine/start-request.js';
import { type LoopSettings, loopSettingsSchema } from '../../engine/settings-schema.js';
import { Refusal } from '../command.js';
import { longName } from '../flag.js';
import type { FlagValues } from '../parse-flags.js';

/** The flags of everything that starts a run. */
export const RUN_FLAGS = {
  jobs: { type: 'number', shortFlag: 'j' },
  runtime: { type: 'string' },
  fallbackRuntime: { type: 'string' },
  fallbackCooldownIters: { type: 'number' },
  agentCommand: { type: 'string' },
  model: { type: 'string' },
  skill: { type: 'string' },
  attempts: { type: 'number' },
  maxIter: { type: 'number' },
  budgetTokens: { type: 'number' },
  budgetCost: { type: 'number' },
  budgetWall: { type: 'string' },
  iterationBudgetCost: { type: 'number' },
  iterationTimeout: { type: 'string' },
  stallTimeout: { type: 'string' },
  stopFile: { type: 'string' },
  scope: { type: 'string', choices: ['ready', 'epics'] },
  epic: { type: 'string' },
  queue: { type: 'string', choices: ['auto', 'file', 'beads'] },
  dryRun: { type: 'boolean' },
  land: { type: 'boolean' },
  gate: { type: 'boolean' },
  allowRedBase: { type: 'boolean' },
  ignoreUnlanded: { type: 'boolean' },
  ignoreCrashed: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** The part of the help that tells of {@link RUN_FLAGS}. */
export const RUN_FLAGS_HELP = `
  -j, --jobs <1-16>             how many agents work at once (default 4); 1 works in this checkout itself
      --runtime <names>         what runs the tasks: claude (default), codex, command; of several (claude,codex)
                                each slot gets one in turn
      --fallback-runtime <name>  works while a slot's own runtime is at a limit or fails
      --fallback-cooldown-iters <n>  for so many iterations, then the own one is tried again (default 3)
      --agent-command <line>    any program as the agent (runtime "command"); its prompt comes on stdin
      --model <name>            the model that the first runtime is asked for where the task, its priority and its
                                type name none; else its own choice
      --skill <file>            a text that takes the place of what every prompt begins with
      --attempts <n>            how often a task is tried before it is given back (default 2)
      --queue auto|file|beads   where the tasks are (default auto: bd where there is a .beads, else .hew/tasks.jsonl)
      --scope ready|epics       take any task that is ready (default), or only those below one epic
      --epic <id>               that epic: its children, theirs, and so on

      --max-iter <n>            start no more iterations than that
      --budget-tokens <n>       start none once so many tokens are used
      --budget-cost <dollars>   start none once so much is spent
      --budget-wall <time>      start none after that time: 90m, 8h
      --iteration-budget-cost <dollars>  end an agent whose iteration costs more
      --iteration-timeout <time>  end an agent that takes longer (default 60m)
      --stall-timeout <time>    end an agent that shows no sign of life for so long (default 20m)
      --stop-file <path>        start none once this file exists

      --dry-run                 only show which slot would take what, with the prompts
      --no-land                 leave the merges on the run's trunk; hew loop land brings them home
      --no-gate                 merge without running any tests
      --allow-red-base          start although the tests fail before anything was done
      --ignore-unlanded         start although an earlier run's merges have not landed
      --ignore-crashed          start although an earlier run was cut and still holds tasks
      --json                    print the events, one JSON object a line
`;

/** The values of {@link RUN_FLAGS}. */
export type RunFlagValues = FlagValues<typeof RUN_FLAGS>;

/** What the flags say of settings; throws a {@link Refusal} with a line for each that cannot be. */
export function loopSettingsOf(values: RunFlagValues): LoopSettings {
  const given = {
    jobs: values.jobs,
    attempts: values.attempts,
    runtime: values.runtime,
    fallback_runtime: values.fallbackRuntime,
    fallback_cooldown_iters: values.fallbackCooldownIters,
    agent_command: values.agentCommand,
    model: values.model,
    skill: values.skill,
    max_iter: values.maxIter,
    budget_tokens: values.budgetTokens,
    budget_cost: values.budgetCost,
    budget_wall: values.budgetWall,
    iteration_budget_cost: values.iterationBudgetCost,
    iteration_timeout: values.iterationTimeout,
    stall_timeout: values.stallTimeout,
    stop_file: values.stopFile,
    scope: values.scope,
    epic: values.epic,
  };
  const read = loopSettingsSchema.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (read.success) return read.data;
  const problems = read.error.issues.map((issue) => {
    const key = String(issue.path[0]) as keyof typeof given;
    const name = longName(key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
    return `${name} ${given[key]} ${issue.message}`;
  });
  throw new Refusal(problems.join('\n'));
}

/** What only the command line says. */
export function startOptionsOf(values: RunFlagValues): StartOptions {
  return {
    dry_run: values.dryRun ?? false,
    land: values.land ?? true,
    gate: values.gate ?? true,
    allow_red_base: values.allowRedBase ?? false,
    ignore_unlanded: values.ignoreUnlanded ?? false,
    ignore_crashed: values.ignoreCrashed ?? false,
    queue: (values.queue ?? 'auto') as StartOptions['queue'],
  };
}
