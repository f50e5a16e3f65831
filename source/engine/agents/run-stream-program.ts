import { plainLine } from '../plain-line.js';
import type { AgentObserver, AgentRequest, AgentResult } from '../ports.js';
import { BoundedLog } from '../processes/bounded-log.js';
import { runInSet, type RunInSetResult } from '../processes/run-in-set.js';
import { watchForStall } from '../processes/stall-watch.js';
import { AgentInterruption } from './agent-interruption.js';
import { agentNotes } from './agent-notes.js';
import { claudeFailure } from './claude-failure.js';
import { ClaudeStream } from './claude-stream.js';
import { closingWord } from './closing-word.js';
import { TextTail } from './text-tail.js';

const LINE_LENGTH = 500;
const STDERR_LENGTH = 2000;
/** What the system says of a program that is not there or is none. */
const MISSING_CODES = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC']);

/** A program that writes messages of Claude's `stream-json`, plain text, or both. */
export interface StreamProgram {
  /** A program's name or path; no shell reads it. */
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment, but for the mark. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its stdin, which is then closed. */
  readonly input: string;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number | undefined;
  /** Whether a program that ends with 0 and has told no result has failed. */
  readonly owes_result: boolean;
  /** Whether this way of ending means that there was no program to be started. */
  readonly is_missing?: (ran: Exited, stderr: string) => boolean;
}

type Exited = Extract<RunInSetResult, { readonly kind: 'exited' }>;
type Failure = AgentResult['failure'];

/**
 * Runs an agent's program to the end of its whole set, tells the observer what it says, and makes the result of it.
 * Rejects only when the log cannot be written.
 */
export async function runStreamProgram(
  program: StreamProgram,
  request: AgentRequest,
  observer: AgentObserver,
  signal: AbortSignal,
): Promise<AgentResult> {
  const stream = new ClaudeStream();
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
      log,
      signal: either,
      onStarted: (set) => {
        if (request.stall_ms === null) return;
        const onStall = (): void => stalled.abort(new AgentInterruption('stalled'));
        watch = watchForStall({ set, stallMs: request.stall_ms, lastOutput: () => lastOutput, onStall });
      },
      ...(program.graceMs === undefined ? {} : { graceMs: program.graceMs }),
      onStdout: (line, cut) => {
        lastOutput = performance.now();
        const lines = stream.read(line, cut);
        for (const shown of lines) observer.line(shown);
        // Also for a message that shows nothing: it is a sign of life.
        if (lines.length === 0 || line.startsWith('{')) observer.usage(stream.usage);
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
      ...stream.usage,
      failure: failureOf(program, ran, stream, stderr_tail, either),
      closing: closingWord(stream.finalText, request.task),
      exit_code: ran.kind === 'exited' ? ran.exit_code : null,
      stderr_tail,
      tool_calls: stream.toolCalls,
      ...agentNotes(stream.finalText),
    };
  } finally {
    (watch as Disposable | null)?.[Symbol.dispose]();
    await log.finish();
  }
}

function failureOf(
  program: StreamProgram,
  ran: RunInSetResult,
  { ending }: ClaudeStream,
  stderr: string,
  signal: AbortSignal,
): Failure {
  if (ran.kind === 'exited' ? ran.aborted : signal.aborted) {
    const { kind, message } = AgentInterruption.from(signal.reason);
    return { kind, message, resets_at: null };
  }
  if (ran.kind === 'not_started') {
    const kind = MISSING_CODES.has(ran.code) ? 'program_missing' : 'crashed';
    return { kind, message: `${program.command} could not be started: ${ran.message}`, resets_at: null };
  }
  const isWell = ran.exit_code === 0;
  const told = claudeFailure(ending, new Date());
  // Without a result nothing but the exit code tells whether a fault that was met was the end of it.
  const isEnd = !isWell || program.owes_result || ending.result !== null;
  if (told !== null && isEnd) return told;
  if (isWell && (!program.owes_result || ending.result !== null)) return null;
  const kind = program.is_missing?.(ran, stderr) === true ? 'program_missing' : 'crashed';
  return { kind, message: crashMessage(ran, stderr), resets_at: null };
}

function crashMessage(ran: Exited, stderr: string): string {
  const last = stderr.split('\n').at(-1) ?? '';
  const code = `exited with ${ran.exit_code}${ran.exit_code === 0 ? ', but told no result' : ''}`;
  const how = ran.signal === null ? code : `was ended by ${ran.signal}`;
  return `the agent ${how}${last === '' ? '' : `: ${last}`}`;
}
