import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import { execa } from 'execa';
import { NO_REDACTION, type Redactor } from '../redactor.js';
import type { BoundedLog } from './bounded-log.js';
import { endProcessSet } from './end-process-set.js';
import type { SetLedger } from './process-ledger.js';
import { groupLedBy, type ProcessSet } from './process-set.js';
import { StreamReader, type StreamSinks } from './stream-reader.js';

const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** How long a pipe may be quiet after the set has ended: what was written is read at once, so only silence takes it. */
const QUIET_MS = 250;

/** What a program is started with. */
export interface RunInSetRequest {
  /** A program's name (found on `env.PATH`) or path. Never a command line: no shell reads it. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment, but for the mark that is added: nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** What every process of the set carries in its environment: `HEW_MARK_<8 hex of the run>=w<n>`. */
  readonly mark: string;
  /** Written to stdin, which is then closed. A program that does not read it is no failure. */
  readonly input: string;
  /** Called for each line, in order; while a returned promise is pending, no more of that stream is read. */
  readonly onStdout: LineHandler;
  readonly onStderr: LineHandler;
  /** For a program that puts out short lines for long: they are read ten times a second, as long as they are few. */
  readonly gathers?: boolean;
  /** Gets the bytes of both streams, each stream's lines whole where they are under 1 MB. The caller ends it. */
  readonly log?: BoundedLog;
  /** Where the set's start and end are noted; none where nobody comes after. */
  readonly ledger?: SetLedger | undefined;
  /** Told once, as soon as the program runs: for stall detection. */
  readonly onStarted?: (set: ProcessSet) => void;
  /** What is taken out of the lines and the log; nothing if not given. */
  readonly redactor?: Redactor | undefined;
  /** When it aborts, the whole set is ended. */
  readonly signal: AbortSignal;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number;
  /** A line's length in bytes, above which it is cut; 4 MiB if not given. */
  readonly maxLineBytes?: number;
}

/** `cut`: the line was longer than the limit, and `line` is its beginning. */
export type LineHandler = (line: string, cut: boolean) => void | Promise<void>;

export type RunInSetResult =
  | {
      readonly kind: 'exited';
      /** Null when a signal ended it, or when it could not be ended. */
      readonly exit_code: number | null;
      readonly signal: string | null;
      /** Whether the request's signal had aborted before the program ended by itself. */
      readonly aborted: boolean;
      /** How many processes it had left running, all of which were ended. */
      readonly left_over: number;
      /** Pids that live although they were sent KILL; empty unless something is badly wrong. */
      readonly survivors: readonly number[];
    }
  /** `code` is the system's (`ENOENT`, `EACCES` …), or `ABORT_ERR` where the signal had aborted before the start. */
  | { readonly kind: 'not_started'; readonly message: string; readonly code: string };

/**
 * Runs a program as the leader of a process group of its own, and resolves when it has ended and every process of its
 * set with it. Output is streamed, never collected. Rejects only for what is not the program's doing: a log that
 * cannot be written, a line handler that throws; the set has been ended then too.
 */
export async function runInSet(request: RunInSetRequest): Promise<RunInSetResult> {
  const { signal } = request;
  if (signal.aborted)
    return { kind: 'not_started', code: 'ABORT_ERR', message: 'aborted before it was started' };

  const subprocess = request.gathers === true ? withLeastRead(() => start(request)) : start(request);
  const { pid } = subprocess;
  if (pid === undefined) {
    const { code, originalMessage } = await subprocess;
    return {
      kind: 'not_started',
      code: code ?? 'UNKNOWN',
      message: originalMessage ?? 'could not be started',
    };
  }
  // Not execa's promise: that waits for the pipes too, which a process that was left running may hold open.
  const exited = new Promise<Exit>((resolve) => {
    subprocess.nodeChildProcess.once('exit', (code, name) => resolve({ code, signal: name }));
  });
  const sinks = {
    log: request.log,
    maxLineBytes: request.maxLineBytes ?? MAX_LINE_BYTES,
    redactor: request.redactor ?? NO_REDACTION,
    gathers: request.gathers,
  };
  const readers = [
    new StreamReader(subprocess.stdout, { ...sinks, onLine: request.onStdout } satisfies StreamSinks),
    new StreamReader(subprocess.stderr, { ...sinks, onLine: request.onStderr } satisfies StreamSinks),
  ];

  const leader = await groupLedBy(pid);
  request.ledger?.started(leader);
  const set: ProcessSet = { mark: request.mark, groups: [leader] };
  request.onStarted?.(set);
  const reason = await firstReason(exited, readers, signal);
  const { ended, survivors } = await endProcessSet(set, { graceMs: request.graceMs ?? 5000 });
  if (survivors.length === 0) request.ledger?.ended(leader);

  // Reading ends after the set, not before: a process that was left running may hold the pipes open.
  const read = await Promise.allSettled(readers.map((reader) => reader.finish(QUIET_MS)));
  const failed = read.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const lives = survivors.some((entry) => entry.pid === pid);
  const exit = lives ? { code: null, signal: null } : await exited;
  return {
    kind: 'exited',
    exit_code: exit.code,
    signal: exit.signal,
    aborted: reason === 'aborted',
    left_over: ended.filter((entry) => entry.pid !== pid).length,
    survivors: survivors.map((entry) => entry.pid),
  };
}

interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Starts the program as the leader of its own group and session. */
function start({ command, args, cwd, env, mark, input }: RunInSetRequest) {
  const [name = '', value = ''] = mark.split('=', 2);
  return execa(command, args, {
    cwd,
    env: { ...env, [name]: value },
    extendEnv: false,
    detached: true,
    // The set is ended by its own rules, in every case: execa's would reach the leader alone.
    cleanup: false,
    forceKillAfterDelay: false,
    reject: false,
    buffer: false,
    input,
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

/** Starts a program whose output is left to the system while it waits to be read, so that nothing is woken for it. */
function withLeastRead<T>(spawn: () => T): T {
  const usual = getDefaultHighWaterMark(false);
  // A child's streams take no mark of their own, and nothing public stops one whose mark is not reached.
  setDefaultHighWaterMark(false, 1);
  try {
    return spawn();
  } finally {
    setDefaultHighWaterMark(false, usual);
  }
}

/** Why the set is to be ended: its leader has gone, hew wants it to end, or its output has nowhere to go. */
type EndingReason = 'exited' | 'aborted' | 'unreadable';

async function firstReason(
  exited: Promise<Exit>,
  readers: readonly StreamReader[],
  signal: AbortSignal,
): Promise<EndingReason> {
  const { promise, resolve } = Promise.withResolvers<EndingReason>();
  const abort = (): void => resolve('aborted');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  void exited.then(() => resolve('exited'));
  for (const reader of readers) reader.done.catch(() => resolve('unreadable'));
  const reason = await promise;
  signal.removeEventListener('abort', abort);
  return reason;
}
