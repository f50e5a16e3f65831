import type { AgentSettings } from '../agent-settings.js';
import type { AgentRequest } from '../ports.js';
import type { OutputReader } from './output-reader.js';

/** All that hew knows of an agent's program. A new runtime is one of these, and a line in `agent-programs.ts`. */
export interface AgentProgram {
  /** The runtime's name: `--runtime`, `[agents.<runtime>]`, `runtime_used`. */
  readonly runtime: string;
  /** What people call it: `Claude Code`. */
  readonly title: string;
  /** The program's name on PATH. */
  readonly program: string;
  /** The environment variable that names another program. */
  readonly variable: string;
  /** The command that installs it. */
  readonly install: string;
  /** How to log in, as the end of a sentence that begins with "To log in:". */
  readonly login: string;
  /** What of its work is confined to the worktree and what is not, in one sentence. */
  readonly confinement: string;
  /** Whether its output tells what it has cost; else the prices of `.hew.toml` do. */
  readonly tells_cost: boolean;
  /** Whether its arguments hold it to `budget_usd`. */
  readonly caps_cost: boolean;
  /** Whether `allowed_tools` means something to it. */
  readonly takes_allowed_tools: boolean;
  /** The arguments that start it unattended; those of the settings come after them. Pure. */
  arguments(request: ProgramRequest, settings: AgentSettings): readonly string[];
  /** What must come after those of the settings. */
  readonly last_arguments: readonly string[];
  /** The environment that it needs, made of the one that it would get. Pure. */
  environment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** What is written to its stdin. Pure. */
  input(prompt: string): string;
  /** Reads the output of one start; paths inside `cwd` are shown relative to it. */
  reader(cwd: string | null): OutputReader;
  /** The file to be started in place of the one that was found, where that only starts another; itself if there is none. */
  nativeProgram?(file: string): Promise<string>;
}

/** What a program's arguments are made from; `model` is the run's, else the settings'. */
export type ProgramRequest = Pick<
  AgentRequest,
  'cwd' | 'model' | 'git_dir' | 'common_dir' | 'budget_usd' | 'task'
>;
