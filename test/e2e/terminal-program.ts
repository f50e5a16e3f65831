import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { expect } from 'vitest';
import { linesOf, useWidths } from '../components/emulated-terminal.js';
import type { GitProject } from '../git-project.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/**
 * Notes the pid of hew, tells how it ended, and leaves a `cat` in the terminal: what is typed then is seen only if hew has
 * given the terminal back.
 */
const SHELL = 'sh -c \'echo $$ >"$PID_FILE"; exec "$@"\' hew "$@"; echo "EXIT $?"; exec cat';

/** What a terminal has been told to be. */
export interface TerminalModes {
  readonly buffer: 'normal' | 'alternate';
  readonly cursor: 'visible' | 'hidden';
  /** Whether the alternate buffer was ever entered. */
  readonly entered: boolean;
}

/** A `hew` in a real pseudo-terminal whose screen is emulated. */
export interface TerminalProgram extends Disposable {
  /** The lines on the screen now. */
  screen(): readonly string[];
  /** How many lines on the screen only go on with one that was wider than it. */
  readonly overlong: number;
  /** All lines of the main buffer, those that have scrolled away included. */
  scrollback(): string;
  /** Resolves when the screen matches. */
  until(pattern: RegExp | string): Promise<void>;
  /** Types: keys, or text. */
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  readonly modes: TerminalModes;
  /** How often the bell has rung. */
  readonly bells: number;
  /** Sends hew a signal. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** The terminal goes away, as when its window is closed. */
  vanish(): void;
  /** How hew ended, as soon as it has. */
  exitCode(): Promise<number>;
  /** Whether what is typed is seen, as it is in a terminal that no program has taken. */
  echoes(): Promise<boolean>;
}

/** How a `hew` is started in a terminal. */
export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built `hew` in the project, in a terminal of its own. */
export function startInTerminal(
  project: GitProject,
  argv: readonly string[],
  { columns = 120, rows = 40, env = {} }: TerminalOptions = {},
): TerminalProgram {
  const pidFile = join(project.folder, 'hew.pid');
  const { CI: _ci, ...inherited } = project.env;
  const child = spawn('/bin/sh', ['-c', SHELL, 'sh', process.execPath, BIN, ...argv], {
    cols: columns,
    rows,
    cwd: project.path,
    env: { ...inherited, TERM: 'xterm-256color', PID_FILE: pidFile, ...env },
  });
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  useWidths(terminal);
  let cursor: TerminalModes['cursor'] = 'visible';
  let entered = false;
  const follow = (final: 'h' | 'l'): void => {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
      if (parameters.includes(25)) cursor = final === 'h' ? 'visible' : 'hidden';
      if (parameters.includes(1049) && final === 'h') entered = true;
      return false;
    });
  };
  follow('h');
  follow('l');
  let bells = 0;
  terminal.onBell(() => (bells += 1));
  child.onData((data) => terminal.write(data));
  const screen = (): readonly string[] => linesOf(terminal);
  const scrollback = (): string => {
    const { normal } = terminal.buffer;
    return Array.from(
      { length: normal.length },
      (_, line) => normal.getLine(line)?.translateToString(true).trimEnd() ?? '',
    ).join('\n');
  };
  const until = async (pattern: RegExp | string): Promise<void> => {
    await expect.poll(() => screen().join('\n'), { timeout: 20_000, interval: 20 }).toMatch(pattern);
  };
  return {
    screen,
    scrollback,
    until,
    get overlong() {
      const { active } = terminal.buffer;
      const lines = Array.from({ length: terminal.rows }, (_, line) =>
        active.getLine(active.viewportY + line),
      );
      return lines.filter((line) => line?.isWrapped).length;
    },
    get bells() {
      return bells;
    },
    type: (keys) => child.write(keys),
    resize(width, height) {
      terminal.resize(width, height);
      child.resize(width, height);
    },
    get modes() {
      return { buffer: terminal.buffer.active.type, cursor, entered };
    },
    async signal(name) {
      process.kill(Number(await readFile(pidFile, 'utf8')), name);
    },
    vanish: () => child.kill('SIGHUP'),
    async exitCode() {
      await expect.poll(scrollback, { timeout: 20_000, interval: 20 }).toMatch(/^EXIT \d+$/m);
      return Number(/^EXIT (\d+)$/m.exec(scrollback())?.[1]);
    },
    async echoes() {
      child.write('typed after all');
      await expect.poll(scrollback, { timeout: 5_000, interval: 20 }).toContain('typed after all');
      return true;
    },
    [Symbol.dispose]: () => {
      child.kill('SIGKILL');
      terminal.dispose();
    },
  };
}
