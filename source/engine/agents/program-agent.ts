import { resolve } from 'node:path';
import which from 'which';
import type { AgentSettings, ModelPrice } from '../agent-settings.js';
import type { Agent, AgentObserver, AgentRequest, AgentResult, AgentUsage } from '../ports.js';
import type { AgentProgram } from './agent-program.js';
import { missingProgram } from './find-program.js';
import { priceOf } from './price-of.js';
import { runProgram } from './run-program.js';

/** Where and how an agent's program is started. */
export interface ProgramAgentOptions {
  readonly settings: AgentSettings;
  /** By the model's name. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  /** The model that the run asks for where a task asks for none; null where it leaves that to the runtime. */
  readonly model: string | null;
  /** The folder that hew was started in. */
  readonly home: string;
  /** What agents are started with: PATH, and the variable that names another program. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number;
}

/** An agent that is a program of its own, as an {@link AgentProgram} describes it. */
export class ProgramAgent implements Agent {
  readonly runtime: string;
  readonly priced: boolean;
  readonly caps_cost: boolean;
  readonly #program: AgentProgram;
  readonly #options: ProgramAgentOptions;

  constructor(program: AgentProgram, options: ProgramAgentOptions) {
    this.#program = program;
    this.#options = options;
    this.runtime = program.runtime;
    this.caps_cost = program.caps_cost;
    const model = options.model ?? options.settings.model;
    this.priced = program.tells_cost || (model !== null && Object.hasOwn(options.prices, model));
  }

  async check(): Promise<string | null> {
    const { home, env } = this.#options;
    const { title, program, install } = this.#program;
    const { name, named_by } = this.#named();
    const hint = await missingProgram(name, { home, path: env['PATH'] ?? '' });
    if (hint === null) return null;
    if (named_by !== null) return `${named_by} cannot be started: ${hint}.`;
    return `${title} is not installed: there is no program "${program}" on PATH. Install it: ${install} (or name another program: --agent-command "<program>").`;
  }

  /** The file that would be started; null when there is none. */
  async file(): Promise<string | null> {
    const { home, env } = this.#options;
    const { name } = this.#named();
    const file = await which(startedName(name, home), { path: env['PATH'] ?? '', nothrow: true });
    return file === null ? null : ((await this.#program.nativeProgram?.(file)) ?? file);
  }

  /** Rejects only when the log cannot be written. */
  async run(request: AgentRequest, observer: AgentObserver, signal: AbortSignal): Promise<AgentResult> {
    const program = this.#program;
    const { settings, graceMs } = this.#options;
    const model = request.model ?? settings.model;
    const asked = { ...request, model };
    const usage = (told: AgentUsage): AgentUsage => this.#priced(told, model);
    const result = await runProgram(
      {
        command: (await this.file()) ?? startedName(this.#named().name, this.#options.home),
        args: [...program.arguments(asked, settings), ...settings.args, ...program.last_arguments],
        env: program.environment({ ...request.env, ...settings.env }),
        input: program.input(request.prompt),
        graceMs,
        reader: program.reader(request.cwd),
        owes_end: true,
        login: program.login,
      },
      request,
      {
        line: (line) => observer.line(line),
        usage: (told) => observer.usage(usage(told)),
        quiet: (quietMs) => observer.quiet(quietMs),
      },
      signal,
    );
    return { ...result, ...usage(result) };
  }

  /** The variable wins over the settings, as what is said at the start of one run wins over a file. */
  #named(): { readonly name: string; readonly named_by: string | null } {
    const { env, settings } = this.#options;
    const { variable, program, runtime } = this.#program;
    const told = (env[variable] ?? '').trim();
    if (told !== '') return { name: told, named_by: variable };
    if (settings.bin !== null) return { name: settings.bin, named_by: `[agents.${runtime}] bin` };
    return { name: program, named_by: null };
  }

  #priced({ tokens, cost_usd, model }: AgentUsage, asked: string | null): AgentUsage {
    const name = model ?? asked;
    if (this.#program.tells_cost || name === null) return { tokens, cost_usd, model: name };
    const price = Object.hasOwn(this.#options.prices, name) ? this.#options.prices[name] : undefined;
    return { tokens, cost_usd: price === undefined ? null : priceOf(tokens, price), model: name };
  }
}

/** One with a slash is that of home: in a worktree an agent may have put another in its place. */
function startedName(name: string, home: string): string {
  return name.includes('/') ? resolve(home, name) : name;
}
