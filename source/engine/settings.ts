import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { settingsProblems } from './settings-problems.js';
import {
  type HANGUP_CHOICES,
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
  readonly loop: {
    /** How many slots: 1 to 16. */
    readonly jobs: number;
    /** The most attempts that count a task gets. */
    readonly attempts: number;
    readonly runtime: string;
    /** The program of the runtime `command`. */
    readonly agent_command: string | null;
    /** The runtime's name of the model to be used; null where that is left to the runtime. */
    readonly model: string | null;
    readonly limits: Limits;
    /** Bounds the agent's step of an iteration. */
    readonly iteration_timeout_ms: number;
    /** How long an agent may be without output and without using the processor. */
    readonly stall_timeout_ms: number;
    /** A further file whose existence stops the run, relative to home; null when there is none. */
    readonly stop_file: string | null;
    /** What becomes of the run when its terminal goes away. */
    readonly on_hangup: (typeof HANGUP_CHOICES)[number];
  };
}

/** `.hew.toml` cannot be used. The message has a line for each problem, each with the file and the key. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const MINUTE = 60_000;

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
    loop: {
      jobs: said('jobs') ?? 4,
      attempts: said('attempts') ?? 2,
      runtime: runtimeOf(file.loop ?? {}, flags),
      agent_command: said('agent_command') ?? null,
      model: said('model') ?? null,
      limits: {
        max_iter: said('max_iter') ?? null,
        budget_tokens: said('budget_tokens') ?? null,
        budget_cost: said('budget_cost') ?? null,
        budget_wall_ms: said('budget_wall') ?? null,
      },
      iteration_timeout_ms: said('iteration_timeout') ?? 60 * MINUTE,
      stall_timeout_ms: said('stall_timeout') ?? 20 * MINUTE,
      stop_file: said('stop_file') ?? null,
      on_hangup: said('on_hangup') ?? 'continue',
    },
  };
}

/** Who names an agent's program and no runtime means the runtime `command`. */
function runtimeOf(file: LoopSettings, flags: LoopSettings): string {
  const said = ({ runtime, agent_command }: LoopSettings): string | undefined =>
    runtime ?? (agent_command === undefined ? undefined : 'command');
  return said(flags) ?? said(file) ?? 'claude';
}
