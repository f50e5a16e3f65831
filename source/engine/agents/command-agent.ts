import { isAbsolute, resolve } from 'node:path';
import { plainLine } from '../plain-line.js';
import type { Agent, AgentObserver, AgentRequest, AgentResult } from '../ports.js';
import { BoundedLog } from '../processes/bounded-log.js';
import { runInSet, type RunInSetResult } from '../processes/run-in-set.js';
import { AgentInterruption } from './agent-interruption.js';
import { agentNotes } from './agent-notes.js';
import { claudeFailure } from './claude-failure.js';
import { ClaudeStream } from './claude-stream.js';
import { closingWord } from './closing-word.js';
import { commandWord } from './command-word.js';
import { findProgram } from './find-program.js';
import { TextTail } from './text-tail.js';

const LINE_LENGTH = 500;
const STDERR_LENGTH = 2000;

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

  /** Rejects only when the log cannot be written. */
  async run(request: AgentRequest, observer: AgentObserver, signal: AbortSignal): Promise<AgentResult> {
    const stream = new ClaudeStream();
    const stderr = new TextTail(STDERR_LENGTH);
    const log = new BoundedLog(request.log);
    try {
      const ran = await runInSet({
        command: 'sh',
        args: ['-c', commandIn(this.#options)],
        cwd: request.cwd,
        env: request.env,
        mark: request.mark,
        input: request.prompt,
        log,
        signal,
        ...(this.#options.graceMs === undefined ? {} : { graceMs: this.#options.graceMs }),
        onStdout: (line, cut) => {
          const lines = stream.read(line, cut);
          for (const shown of lines) observer.line(shown);
          // Also for a message that shows nothing: it is a sign of life.
          if (lines.length === 0 || line.startsWith('{')) observer.usage(stream.usage);
        },
        onStderr: (line) => {
          const text = plainLine(line, LINE_LENGTH);
          stderr.add(text);
          if (text !== '') observer.line({ kind: 'error', text });
        },
      });
      const tail = stderr.text.slice(-STDERR_LENGTH).trim();
      return this.#result(request, stream, tail, ran, signal);
    } finally {
      await log.finish();
    }
  }

  #result(
    request: AgentRequest,
    stream: ClaudeStream,
    stderr_tail: string,
    ran: RunInSetResult,
    signal: AbortSignal,
  ): AgentResult {
    return {
      ...stream.usage,
      failure: failureOf(ran, stream, stderr_tail, signal),
      closing: closingWord(stream.finalText, request.task),
      exit_code: ran.kind === 'exited' ? ran.exit_code : null,
      stderr_tail,
      tool_calls: stream.toolCalls,
      ...agentNotes(stream.finalText),
    };
  }
}

/** The command line with a relative program made one of home. */
function commandIn({ command, home }: CommandAgentOptions): string {
  const program = commandWord(command);
  if (program === null || !program.word.includes('/') || isAbsolute(program.word)) return command;
  const quoted = `'${resolve(home, program.word).replaceAll("'", String.raw`'\''`)}'`;
  return command.slice(0, program.start) + quoted + command.slice(program.end);
}

function failureOf(
  ran: RunInSetResult,
  stream: ClaudeStream,
  stderr: string,
  signal: AbortSignal,
): AgentResult['failure'] {
  if (ran.kind === 'exited' ? ran.aborted : signal.aborted) {
    const { kind, message } = AgentInterruption.from(signal.reason);
    return { kind, message, resets_at: null };
  }
  if (ran.kind === 'not_started') {
    return { kind: 'program_missing', message: `sh could not be started: ${ran.message}`, resets_at: null };
  }
  const isWell = ran.exit_code === 0;
  const told = claudeFailure(stream.ending, new Date());
  // Without a result nothing but the exit code tells whether a fault that was met was the end of it.
  if (told !== null && (!isWell || stream.ending.result !== null)) return told;
  if (isWell) return null;
  const last = stderr.split('\n').at(-1) ?? '';
  const how = ran.signal === null ? `exited with ${ran.exit_code}` : `was ended by ${ran.signal}`;
  const kind = isMissing(ran, stderr) ? 'program_missing' : 'crashed';
  return { kind, message: `the agent ${how}${last === '' ? '' : `: ${last}`}`, resets_at: null };
}

/** Whether the shell itself said that there is no such program; a script's own failures begin with its name. */
function isMissing(ran: RunInSetResult, stderr: string): boolean {
  const wasNotRun = ran.kind === 'exited' && (ran.exit_code === 127 || ran.exit_code === 126);
  return wasNotRun && /^sh: .*(?:not found|No such file|Permission denied)/im.test(stderr);
}
