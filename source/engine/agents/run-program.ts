import { plainLine } from '../plain-line.js';
import type { AgentFailure, AgentProblem } from '../agent-failure.js';
import type { AgentObserver, AgentRequest, AgentResult } from '../ports.js';
import { BoundedLog } from '../processes/bounded-log.js';
import { runInSet, type RunInSetResult } from '../processes/run-in-set.js';
import { watchForStall } from '../processes/stall-watch.js';
import { AgentInterruption } from './agent-interruption.js';
import { agentNotes } from './agent-notes.js';
import { closingWord } from './closing-word.js';
import { missingProgram } from './find-program.js';
import type { OutputReader } from './output-reader.js';
import { TextTail } from './text-tail.js';

const LINE_LENGTH = 500;
const STDERR_LENGTH = 2000;
/** How a shell, and a program that ends in good order, tells that HUP, INT, KILL or TERM has ended it. */
const SIGNAL_CODES = new Set([129, 130, 137, 143]);

/** A program, how it is started, and who reads what it says. */
export interface StartedProgram {
  /** A program's name or path; no shell reads it. */
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment, but for the mark. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its stdin, which is then closed. */
  readonly input: string;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number | undefined;
  /** Reads its standard output. */
  readonly reader: OutputReader;
  /** Whether a program that ends with 0 and has not told its end has failed. */
  readonly owes_end: boolean;
  /** How to log in to it, as the end of a sentence; null where that is not known. */
  readonly login: string | null;
  /** Whether this way of ending means that there was no program to be started. */
  readonly is_missing?: (ran: Exited, stderr: string) => boolean;
}

type Exited = Extract<RunInSetResult, { readonly kind: 'exited' }>;

/**
 * Runs an agent's program to the end of its whole set, tells the observer what it says, and makes the result of it.
 * Rejects only when the log cannot be written.
 */
export async function runProgram(
  program: StartedProgram,
  request: AgentRequest,
  observer: AgentObserver,
  signal: AbortSignal,
): Promise<AgentResult> {
  const { reader } = program;
  const stderr = new TextTail(STDERR_LENGTH);
  const log = new BoundedLog(request.log);
  const stalled = new AbortController();
  const either = AbortSignal.any([signal, stalled.signal]);
  let lastOutput = performance.now();
  let watch: Disposable | null = null;
  try {
    const ran = await runInSet({
      command: program.command,
      args: program.args,
      cwd: request.cwd,
      env: program.env,
      mark: request.mark,
      ledger: request.ledger,
      redactor: request.redactor,
      input: program.input,
      gathers: true,
      log,
      signal: either,
      onStarted: (set) => {
        if (request.stall_ms === null) return;
        watch = watchForStall({
          set,
          stallMs: request.stall_ms,
          lastOutput: () => lastOutput,
          onQuiet: (quietMs) => observer.quiet(quietMs),
          onStall: () => stalled.abort(new AgentInterruption('stalled')),
        });
      },
      ...(program.graceMs === undefined ? {} : { graceMs: program.graceMs }),
      onStdout: (line, cut) => {
        lastOutput = performance.now();
        const lines = reader.read(line, cut);
        for (const shown of lines) observer.line(shown);
        // Also for a message that shows nothing: it is a sign of life.
        if (lines.length === 0 || line.startsWith('{')) observer.usage(reader.usage);
      },
      onStderr: (line) => {
        lastOutput = performance.now();
        const text = plainLine(line, LINE_LENGTH);
        stderr.add(text);
        if (text !== '') observer.line({ kind: 'error', text });
      },
    });
    const stderr_tail = stderr.text.slice(-STDERR_LENGTH).trim();
    return {
      ...reader.usage,
      failure: await failureOf(program, ran, request.cwd, stderr_tail, either),
      closing: closingWord(reader.finalText, request.task),
      exit_code: ran.kind === 'exited' ? ran.exit_code : null,
      stderr_tail,
      tool_calls: reader.toolCalls,
      ...agentNotes(reader.finalText),
    };
  } finally {
    (watch as Disposable | null)?.[Symbol.dispose]();
    await log.finish();
  }
}

async function failureOf(
  program: StartedProgram,
  ran: RunInSetResult,
  cwd: string,
  stderr: string,
  signal: AbortSignal,
): Promise<AgentProblem | null> {
  if (ran.kind === 'exited' ? ran.aborted : signal.aborted) {
    const { kind, message } = AgentInterruption.from(signal.reason);
    return { kind, message, resets_at: null };
  }
  return ran.kind === 'not_started' ? notStarted(program, ran, cwd) : exitFailure(program, ran, stderr);
}

/** The system's code alone does not tell: ENOENT is also what it says when the folder to start in has gone. */
async function notStarted(
  { command, env }: StartedProgram,
  { message }: Extract<RunInSetResult, { readonly kind: 'not_started' }>,
  cwd: string,
): Promise<AgentProblem> {
  const missing = await missingProgram(command, { home: cwd, path: env['PATH'] ?? '' });
  const kind = missing === null ? 'spawn_failed' : 'program_missing';
  return { kind, message: `${command} could not be started: ${missing ?? message}`, resets_at: null };
}

function exitFailure(program: StartedProgram, ran: Exited, stderr: string): AgentProblem | null {
  const isWell = ran.exit_code === 0;
  const { told, failure } = program.reader.end(new Date());
  // Where none is owed and none was told, only the exit tells whether a fault that was met was the end of it.
  const isEnd = told || (ran.signal === null && (!isWell || program.owes_end));
  if (failure !== null && isEnd) return withLogin(failure, program.login);
  if (isWell && (!program.owes_end || told)) return null;
  return { kind: kindOfExit(program, ran, stderr), message: exitMessage(ran, stderr), resets_at: null };
}

function kindOfExit(program: StartedProgram, ran: Exited, stderr: string): AgentFailure {
  if (ran.signal !== null || SIGNAL_CODES.has(ran.exit_code ?? 0)) return 'killed';
  return program.is_missing?.(ran, stderr) === true ? 'program_missing' : 'crashed';
}

function withLogin(failure: AgentProblem, login: string | null): AgentProblem {
  if (failure.kind !== 'authentication' || login === null) return failure;
  return { ...failure, message: `${failure.message.replace(/[.\s]+$/, '')}. To log in: ${login}` };
}

function exitMessage(ran: Exited, stderr: string): string {
  const last = stderr.split('\n').at(-1) ?? '';
  const code = `exited with ${ran.exit_code}${ran.exit_code === 0 ? ', but told no result' : ''}`;
  const how = ran.signal === null ? code : `was ended by ${ran.signal}`;
  return `the agent ${how}${last === '' ? '' : `: ${last}`}`;
}
