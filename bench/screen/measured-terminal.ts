import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import type { BenchProject } from '../bench-project.ts';

export const HEW: string = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** hew has a core of its own; its agents and whoever measures have another, where there is one. */
export const HEW_CORE = 0;
const OTHER_CORE = availableParallelism() > 1 ? 1 : 0;

/** Whatever is waited for comes in a fraction of it, also where much else is going on. */
const LONGEST_WAIT_MS = 60_000;

/** How large the terminal is and what is started in it. */
export interface MeasuredTerminalOptions {
  readonly project: BenchProject;
  readonly columns: number;
  readonly rows: number;
  readonly argv: readonly string[];
  /** Before the program: flags of Node. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A hew in a real pseudo-terminal, and what it takes. */
export interface MeasuredTerminal {
  readonly pid: number;
  readonly pty: IPty;
  /** All that it has written since the start, in bytes. */
  bytes(): number;
  /** Called with each piece of its output. */
  onData(tell: (data: string) => void): void;
  /** Resolves when its output has this text; rejects with the end of the output when that has ended, or does not come. */
  shows(text: string): Promise<void>;
  /** Ends it, and resolves when it has ended. */
  end(): Promise<number>;
}

/** Starts hew pinned to its core, in a terminal as a person's. */
export function measuredTerminal(options: MeasuredTerminalOptions): MeasuredTerminal {
  const { project, columns, rows, argv, node = [], env = {} } = options;
  const { CI: _ci, NODE_ENV: _nodeEnv, ...inherited } = project.env;
  const program = [process.execPath, ...node, HEW, ...argv];
  const pty = spawn('taskset', ['-c', String(HEW_CORE), ...program], {
    cols: columns,
    rows,
    cwd: project.path,
    env: { ...inherited, TERM: 'xterm-256color', ...env },
  });
  let bytes = 0;
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  pty.onData((data) => (bytes += Buffer.byteLength(data)));
  return {
    pid: pty.pid,
    pty,
    bytes: () => bytes,
    onData: (tell) => void pty.onData(tell),
    shows: (text) =>
      new Promise((resolve, reject) => {
        // Pieces may cut the text in two.
        let tail = '';
        const listener = pty.onData((data) => {
          tail = (tail + data).slice(-64 * 1024);
          if (tail.includes(text)) settle(null);
        });
        const timer = setTimeout(() => settle(`hew does not show "${text}"`), LONGEST_WAIT_MS);
        const settle = (problem: string | null): void => {
          clearTimeout(timer);
          listener.dispose();
          if (problem === null) resolve();
          else reject(new Error(`${problem}: ${tail.slice(-2000)}`));
        };
        void ended.then((code) => settle(`hew ended with ${code}`));
      }),
    end: async () => {
      pty.kill('SIGTERM');
      return ended;
    },
  };
}

/** The command line that starts an agent on the other core: what it takes is not hew's. */
export function onOtherCore(command: string): string {
  return `taskset -c ${OTHER_CORE} ${command}`;
}

/** Processor time of a process's threads by now, in seconds; what its children took is not in it. */
export function processorTime(pid: number): number {
  // The first number of schedstat is the time on a core in nanoseconds, finer than the clock ticks of stat.
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
    return sum + Number(stat.split(' ')[0]) / 1e9;
  }, 0);
}
