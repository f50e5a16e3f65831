import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { QueueError } from '../ports.js';
import { type BdExit, bdFailure, isLocked } from './bd-answer.js';

export interface BdProgramOptions {
  /** The folder that bd finds its workspace from. */
  readonly cwd: string;
  /** The whole environment: nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that a command may take, its wait for others of hew's included; a minute when left out. */
  readonly timeout_ms?: number;
  /** Milliseconds between two tries while another bd keeps the database locked; 250 when left out. */
  readonly retry_ms?: number;
}

/** One command of bd. */
export interface BdCommand {
  readonly args: readonly string[];
  /** Who bd records as the doer. */
  readonly actor: string;
  /** A write is never cut: one that takes too long is told as failed, and its end is waited for all the same. */
  readonly writes: boolean;
  /** A text that comes after all flags, whatever it begins with. */
  readonly text?: string;
  /** What it reads on stdin. */
  readonly input?: string;
}

/** `MIGRATION-FREEZE`: bd's exit code for a workspace that is being moved. */
const FROZEN = 14;
/** bd's own lock is held for the length of a command: who holds it longer than these tries is no passing command. */
const LOCK_TRIES = 40;
/** A new version's first command may migrate the database, and must not be cut then: it gets so many times as long. */
const FIRST_COMMAND = 5;

/**
 * The real bd, one process at a time: its embedded database has one writer, and parallel ones fail or hang. Every
 * method throws a {@link QueueError} when bd cannot be run, is frozen, locked for good, or silent for too long.
 */
export class BdProgram {
  readonly #options: BdProgramOptions;
  readonly #turn = pLimit(1);
  /** Whether a command has ended well: only then can it be told that a slow one does not migrate. */
  #answered = false;
  /** The write that is at work. */
  #writing: { readonly name: string; readonly pid: number | undefined } | null = null;

  constructor(options: BdProgramOptions) {
    this.#options = options;
  }

  /** Runs a command, again while another bd has the database, and answers with whatever else it ended with. */
  async run(command: BdCommand): Promise<BdExit> {
    const limit = (this.#options.timeout_ms ?? 60_000) * (this.#answered ? 1 : FIRST_COMMAND);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), limit);
    const name = `bd ${command.args[0] ?? ''}`;
    try {
      const exit = await Promise.race([
        this.#turn(() => this.#untilUnlocked(command, late.signal)),
        tooLate(late.signal, () => this.#late(name, Math.round(limit / 1000))),
      ]);
      if (exit.exit_code === FROZEN)
        throw new QueueError(
          `bd refuses to work: ${bdFailure(exit)}. Wait until the migration is done, then try again.`,
        );
      if (isLocked(exit))
        throw new QueueError(
          `${name}: another bd keeps the database locked: ${bdFailure(exit)}. End it, then try again.`,
        );
      this.#answered = true;
      return exit;
    } finally {
      clearTimeout(timer);
    }
  }

  #late(name: string, seconds: number): string {
    const message = `${name} has not ended within ${seconds} s`;
    if (this.#writing === null) return `${message}. Is another bd stuck? See: bd list`;
    const { pid, name: writing } = this.#writing;
    const waiting = writing === name ? '' : `: it waits for ${writing}`;
    return `${message}${waiting}. hew never cuts a write and ends only after it; if it is stuck: kill ${pid}`;
  }

  async #untilUnlocked(command: BdCommand, late: AbortSignal): Promise<BdExit> {
    for (let tries = 1; ; tries += 1) {
      // Its caller has been told that it failed: it must not be done after all.
      late.throwIfAborted();
      const exit = await this.#once(command, late);
      if (!isLocked(exit) || tries >= LOCK_TRIES) return exit;
      await delay(this.#options.retry_ms ?? 250, undefined, { signal: late });
    }
  }

  async #once({ args, actor, writes, text, input }: BdCommand, late: AbortSignal): Promise<BdExit> {
    const { cwd, env } = this.#options;
    const child = execa('bd', [...args, '--json', ...(text === undefined ? [] : ['--', text])], {
      cwd,
      env: {
        ...env,
        BEADS_ACTOR: actor,
        BD_JSON_ENVELOPE: '1',
        BD_DISABLE_METRICS: '1',
        BD_NON_INTERACTIVE: '1',
      },
      extendEnv: false,
      reject: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      // A group of its own: a Ctrl-C in the terminal must not cut a write.
      detached: true,
      cleanup: false,
      maxBuffer: 512 * 1024 * 1024,
      ...(writes || !this.#answered ? {} : { cancelSignal: late, forceKillAfterDelay: 5_000 }),
    });
    if (writes) this.#writing = { name: `bd ${args[0] ?? ''}`, pid: child.pid };
    const result = await child.finally(() => (this.#writing = null));
    if (result.exitCode === undefined && result.code === 'ENOENT') throw new QueueError(NO_BD);
    return {
      // A bd that a signal ended has no exit code: told as the shell tells it.
      exit_code: result.exitCode ?? 128,
      stdout: result.stdout,
      stderr: result.stderr || (result.exitCode === undefined ? (result.originalMessage ?? '') : ''),
    };
  }
}

const NO_BD =
  'The tasks of this project are kept by beads, and its program "bd" is not on PATH. Install beads, or use --queue file.';

async function tooLate(late: AbortSignal, message: () => string): Promise<never> {
  if (!late.aborted)
    await new Promise<void>((resolve) => late.addEventListener('abort', () => resolve(), { once: true }));
  throw new QueueError(message());
}
