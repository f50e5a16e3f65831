import ms from 'ms';
import { plainLine } from '../plain-line.js';
import { NO_REDACTION, type Redactor } from '../redactor.js';
import type { GateCommand, GateResult } from '../ports.js';
import { BoundedLog } from '../processes/bounded-log.js';
import type { SetLedger } from '../processes/process-ledger.js';
import { runInSet, type RunInSetResult } from '../processes/run-in-set.js';
import { LastLines, LINE_LENGTH } from './last-lines.js';

/** What a gate is run with. */
export interface GateRequest {
  /** They run one after the other, until one is not green. */
  readonly commands: readonly GateCommand[];
  /** The worktree, or home with one job. */
  readonly cwd: string;
  /** The whole environment, but for the mark that is added. */
  readonly env: Readonly<Record<string, string>>;
  /** What all processes carry in the environment, so that they are found and ended: `HEW_MARK_3fa9c1d2=w0`. */
  readonly mark: string;
  /** Where the processes of each command are noted; none where nobody comes after. */
  readonly ledger?: SetLedger | undefined;
  /** What is taken out of the output wherever it goes; nothing if not given. */
  readonly redactor?: Redactor | undefined;
  /** A path that the output is kept at, made anew (mode 0600); its folder is there. */
  readonly log: string;
  /** For all commands together; at most what a timer can wait (see duration.ts). */
  readonly timeout_ms: number;
  /** Called for each line of output as it comes, freed of control sequences and cut to a sane length. */
  readonly onLine?: (line: string) => void;
  /** When it aborts, the command that runs is ended with all its processes. */
  readonly signal: AbortSignal;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number;
}

/** A longer line is cut in the tail and on the screen; the log has all of it. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Runs a gate: green when every command has ended with exit code 0. After each command nothing of it runs any more. The
 * tail's last line tells how the failing command ended. Rejects only when the log cannot be written (or `onLine`
 * throws); the processes have been ended then too.
 */
export async function runGate(request: GateRequest): Promise<GateResult> {
  const began = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), request.timeout_ms);
  const log = new BoundedLog(request.log);
  try {
    const result = await runCommands(request, log, limit.signal);
    return { ...result, duration_ms: Math.round(performance.now() - began) };
  } finally {
    clearTimeout(timer);
    await log.finish();
  }
}

async function runCommands(
  request: GateRequest,
  log: BoundedLog,
  limit: AbortSignal,
): Promise<Omit<GateResult, 'duration_ms'>> {
  const signal = AbortSignal.any([request.signal, limit]);
  for (const command of request.commands) {
    const tail = new LastLines();
    const result = await runCommand(request, command, { log, tail, signal });
    const outcome = outcomeOf(result, request.signal.aborted);
    const end = `[hew: ${command.name} ${endOf(result, outcome, request.timeout_ms)}]`;
    await write(log, `\n${end}\n${aboutLeftOver(result)}\n`);
    if (outcome === 'green') continue;
    tail.add(end);
    return { outcome, failed: command, tail: tail.text() };
  }
  return { outcome: 'green', failed: null, tail: '' };
}

async function runCommand(
  request: GateRequest,
  { command }: GateCommand,
  { log, tail, signal }: { log: BoundedLog; tail: LastLines; signal: AbortSignal },
): Promise<RunInSetResult> {
  const { cwd, env, mark, ledger, redactor = NO_REDACTION, onLine, graceMs } = request;
  await write(log, `$ ${redactor.text(command)}\n`);
  const take = (line: string): void => {
    tail.add(line);
    onLine?.(plainLine(line, LINE_LENGTH));
  };
  return await runInSet({
    command: 'sh',
    args: ['-c', command],
    cwd,
    env,
    mark,
    ledger,
    redactor,
    input: '',
    onStdout: take,
    onStderr: take,
    log,
    signal,
    maxLineBytes: MAX_LINE_BYTES,
    ...(graceMs === undefined ? {} : { graceMs }),
  });
}

/** A command that hew has ended is not green whatever its exit code: many a program ends with 0 when it is sent TERM. */
function outcomeOf(result: RunInSetResult, aborted: boolean): GateResult['outcome'] {
  const cut = result.kind === 'exited' ? result.aborted : result.code === 'ABORT_ERR';
  if (cut) return aborted ? 'aborted' : 'timeout';
  return result.kind === 'exited' && result.exit_code === 0 ? 'green' : 'red';
}

/** How a command ended, to follow its name. */
function endOf(result: RunInSetResult, outcome: GateResult['outcome'], timeout: number): string {
  if (outcome === 'aborted') return 'was aborted';
  if (outcome === 'timeout') return `was ended: the limit of ${ms(timeout)} was reached`;
  if (result.kind === 'not_started') return `could not be started: ${result.message}`;
  if (result.signal !== null) return `was ended by ${result.signal}`;
  return result.exit_code === null ? 'could not be ended' : `ended with exit code ${result.exit_code}`;
}

function aboutLeftOver(result: RunInSetResult): string {
  if (result.kind === 'not_started') return '';
  const { left_over: ended, survivors } = result;
  return [
    ended === 0 ? '' : `[hew: ${ended} more of its processes were ended]\n`,
    survivors.length === 0 ? '' : `[hew: could not be ended: process ${survivors.join(', ')}]\n`,
  ].join('');
}

async function write(log: BoundedLog, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    log.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
