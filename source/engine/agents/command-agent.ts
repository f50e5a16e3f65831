import { isAbsolute, resolve } from 'node:path';
import type { Agent, AgentObserver, AgentRequest, AgentResult } from '../ports.js';
import { commandWord } from './command-word.js';
import { findProgram } from './find-program.js';
import { readerOf } from './reader-of.js';
import { runProgram } from './run-program.js';

export interface CommandAgentOptions {
  /** The user's own command line (`--agent-command`), read by `sh`. No text of a task is ever part of it. */
  readonly command: string;
  /** `command`: what the files and the screen call it. */
  readonly runtime: string;
  /** The folder that hew was started in: a relative program (`./agent.sh`) is that of this folder, not the worktree's. */
  readonly home: string;
  /** Where {@link CommandAgent.check} looks for programs; this process's PATH if not given. */
  readonly path?: string;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number;
}

/**
 * Any program as an agent: the prompt on stdin, messages of Claude's `stream-json` or plain text on stdout. It has
 * ended well when it exits with 0; how the task went is told by its closing line.
 */
export class CommandAgent implements Agent {
  readonly runtime: string;
  /** A program may tell its cost or not: that is only known afterwards. */
  readonly priced = false;
  readonly caps_cost = false;
  readonly #options: CommandAgentOptions;

  constructor(options: CommandAgentOptions) {
    this.runtime = options.runtime;
    this.#options = options;
  }

  async check(): Promise<string | null> {
    const { command, home, path = process.env['PATH'] ?? '' } = this.#options;
    const program = await findProgram(command, { home, path });
    return program.kind === 'missing' ? `The agent command cannot be started: ${program.hint}.` : null;
  }

  /** Rejects only when the log cannot be written. The model that is asked for is told in `HEW_MODEL`. */
  async run(request: AgentRequest, observer: AgentObserver, signal: AbortSignal): Promise<AgentResult> {
    const model = request.model === null ? {} : { HEW_MODEL: request.model };
    const program = {
      command: 'sh',
      args: ['-c', commandIn(this.#options)],
      env: { ...request.env, ...model },
      input: request.prompt,
      graceMs: this.#options.graceMs,
      reader: readerOf(this.runtime),
      owes_end: false,
      login: null,
      is_missing: isMissing,
    };
    return runProgram(program, request, observer, signal);
  }
}

/** The command line with a relative program made one of home. */
function commandIn({ command, home }: CommandAgentOptions): string {
  const program = commandWord(command);
  if (program === null || !program.word.includes('/') || isAbsolute(program.word)) return command;
  const quoted = `'${resolve(home, program.word).replaceAll("'", String.raw`'\''`)}'`;
  return command.slice(0, program.start) + quoted + command.slice(program.end);
}

/** Whether the shell itself said that there is no such program; a script's own failures begin with its name. */
function isMissing({ exit_code }: { readonly exit_code: number | null }, stderr: string): boolean {
  const wasNotRun = exit_code === 127 || exit_code === 126;
  return wasNotRun && /^sh: .*(?:not found|No such file|Permission denied)/im.test(stderr);
}
