import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { ModelRules } from './model-choice.js';
import type { AgentSettings, ModelPrice } from './agent-settings.js';
import { settingsProblems } from './settings-problems.js';
import {
  type HANGUP_CHOICES,
  type AgentSection,
  type LoopSettings,
  type SettingsFile,
  settingsFileSchema,
} from './settings-schema.js';
import type { Limits } from './stop.js';

/** The name of the settings' file, in home. */
export const SETTINGS_FILE = '.hew.toml';

/** What a run is done by: the file of home, the flags and the defaults taken together. */
export interface Settings {
  readonly gate: {
    /** The user's own command lines; null where the project is to be asked (see gate/find-gate.ts). */
    readonly test: string | null;
    readonly lint: string | null;
    /** For all commands of the gate together. */
    readonly timeout_ms: number;
  };
  readonly worktree: {
    /** A command line, false for none, null where it is found from the lockfiles. */
    readonly setup: string | false | null;
    /** Paths and globs inside the project. */
    readonly copy: readonly string[];
    readonly link: readonly string[];
  };
  readonly limits: {
    /** Bytes that must be free where worktrees and the run's files lie before an iteration begins; 0 for no limit. */
    readonly min_free_disk: number;
  };
  readonly notify: {
    /** A program and its arguments; empty for none. */
    readonly command: readonly string[];
  };
  readonly loop: {
    /** How many slots: 1 to 16. */
    readonly jobs: number;
    /** The most attempts that count a task gets. */
    readonly attempts: number;
    /** Dealt out to the slots in turn; at least one. */
    readonly runtimes: readonly [string, ...string[]];
    /** What works while a slot's own runtime rests; null where nothing does. */
    readonly fallback_runtime: string | null;
    /** How many iterations the fallback works before the runtime that failed is tried again. */
    readonly fallback_cooldown_iterations: number;
    /** The program of the runtime `command`. */
    readonly agent_command: string | null;
    /** Which task is worked on with which model. */
    readonly models: ModelRules;
    /** A file whose text takes the place of the prompt's beginning, relative to home; null for hew's own. */
    readonly skill: string | null;
    readonly limits: Limits;
    /** US dollars that one iteration may cost; null is no limit. */
    readonly iteration_budget_usd: number | null;
    /** Bounds the agent's step of an iteration. */
    readonly iteration_timeout_ms: number;
    /** How long an agent may be without output and without using the processor. */
    readonly stall_timeout_ms: number;
    /** A further file whose existence stops the run, relative to home; null when there is none. */
    readonly stop_file: string | null;
    /** What becomes of the run when its terminal goes away. */
    readonly on_hangup: (typeof HANGUP_CHOICES)[number];
    /** Which tasks are taken: any that is ready, or only what lies below one epic. */
    readonly scope: 'ready' | 'epics';
    /** That epic; null where any task is taken, and where none was named. */
    readonly epic: string | null;
  };
  /** How the programs of runtimes are started, by the runtime's name; one that is not there has nothing set. */
  readonly agents: Readonly<Record<string, AgentSettings>>;
  /** What models cost, by their names. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
}

/** `.hew.toml` cannot be used. The message has a line for each problem, each with the file and the key. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const MINUTE = 60_000;
/** Below it git, an editor or a build soon fails in the middle of its work. */
const LEAST_FREE_DISK = 500_000_000;

/** Reads the text of a `.hew.toml`. Pure; throws a {@link SettingsError} that tells every problem at once. */
export function parseSettings(text: string): SettingsFile {
  const read = parseToml(text);
  const result = settingsFileSchema.safeParse(read);
  if (result.success) return result.data;
  const problems = settingsProblems(result.error, read);
  throw new SettingsError(problems.map((problem) => `${SETTINGS_FILE}: ${problem}`).join('\n'));
}

function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.replace('Invalid TOML document: ', '').split('\n');
    throw new SettingsError(
      `${SETTINGS_FILE}: line ${error.line}, column ${error.column}: not TOML: ${what}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Reads home's `.hew.toml`; a missing file says nothing. Throws a {@link SettingsError} when the file is there and
 * cannot be read or used.
 */
export async function readSettings(home: string): Promise<SettingsFile> {
  const file = join(home, SETTINGS_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${SETTINGS_FILE}: cannot be read: ${why}`, { cause: error });
  }
  return parseSettings(text);
}

/**
 * The settings of a run: what a flag says wins over the file, and the file over the default. Flags are named and
 * checked as `[loop]` is (`loopSettingsSchema`); one that is undefined was not given. Pure.
 */
export function resolveSettings(file: SettingsFile, flags: LoopSettings): Settings {
  const said = <Key extends keyof LoopSettings>(key: Key): LoopSettings[Key] =>
    flags[key] ?? file.loop?.[key];
  return {
    gate: {
      test: file.gate?.test ?? null,
      lint: file.gate?.lint ?? null,
      timeout_ms: file.gate?.timeout ?? 30 * MINUTE,
    },
    worktree: {
      setup: file.worktree?.setup ?? null,
      copy: file.worktree?.copy ?? [],
      link: file.worktree?.link ?? [],
    },
    limits: { min_free_disk: file.limits?.min_free_disk ?? LEAST_FREE_DISK },
    notify: { command: file.notify?.command ?? [] },
    loop: {
      jobs: said('jobs') ?? 4,
      attempts: said('attempts') ?? 2,
      runtimes: runtimesOf(file.loop ?? {}, flags),
      fallback_runtime: said('fallback_runtime') ?? null,
      fallback_cooldown_iterations: said('fallback_cooldown_iters') ?? 3,
      agent_command: said('agent_command') ?? null,
      models: modelsOf(file.loop ?? {}, flags),
      skill: said('skill') ?? null,
      limits: {
        max_iter: said('max_iter') ?? null,
        budget_tokens: said('budget_tokens') ?? null,
        budget_cost: said('budget_cost') ?? null,
        budget_wall_ms: said('budget_wall') ?? null,
      },
      iteration_budget_usd: said('iteration_budget_cost') ?? null,
      iteration_timeout_ms: said('iteration_timeout') ?? 60 * MINUTE,
      stall_timeout_ms: said('stall_timeout') ?? 20 * MINUTE,
      stop_file: said('stop_file') ?? null,
      on_hangup: said('on_hangup') ?? 'continue',
      ...scopeSettings(said('scope'), said('epic')),
    },
    agents: agentsOf(file),
    prices: pricesOf(file),
  };
}

/** Who names an epic means it, unless told otherwise. */
function scopeSettings(
  scope: LoopSettings['scope'],
  epic: string | undefined,
): Pick<Settings['loop'], 'scope' | 'epic'> {
  if ((scope ?? (epic === undefined ? 'ready' : 'epics')) === 'ready') return { scope: 'ready', epic: null };
  return { scope: 'epics', epic: epic ?? null };
}

function agentsOf({ agents = {} }: SettingsFile): Settings['agents'] {
  const said = Object.entries(agents).flatMap(([runtime, settings]): [string, AgentSettings][] =>
    settings === undefined ? [] : [[runtime, agentSettings(settings)]],
  );
  return Object.fromEntries(said);
}

function agentSettings(said: AgentSection): AgentSettings {
  return {
    bin: said.bin ?? null,
    args: said.args ?? [],
    model: said.model ?? null,
    allowed_tools: said.allowed_tools ?? null,
    env: said.env ?? {},
  };
}

/** Where nothing is said of the cache, what goes through it is priced as other input. */
function pricesOf({ prices = {} }: SettingsFile): Settings['prices'] {
  const priced = Object.entries(prices).map(([model, { input, output, ...cache }]): [string, ModelPrice] => [
    model,
    { input, output, cache_read: cache.cache_read ?? input, cache_create: cache.cache_create ?? input },
  ]);
  return Object.fromEntries(priced);
}

/** Who names an agent's program and no runtime means the runtime `command`. */
function runtimesOf(file: LoopSettings, flags: LoopSettings): [string, ...string[]] {
  const said = ({ runtime, agent_command }: LoopSettings): readonly string[] | undefined =>
    runtime ?? (agent_command === undefined ? undefined : ['command']);
  const [first = 'claude', ...others] = said(flags) ?? said(file) ?? [];
  return [first, ...others];
}

/** `--model` takes the place of the file's default; the file's rules for priorities and types still hold. */
function modelsOf(file: LoopSettings, flags: LoopSettings): ModelRules {
  const { by_priority = {}, by_type = {} } = file.model ?? {};
  return { by_priority, by_type, default: flags.model?.default ?? file.model?.default ?? null };
}
