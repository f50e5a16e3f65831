import { EventEmitter } from 'node:events';
import xterm, { type Terminal } from '@xterm/headless';
import { type ReactElement, useLayoutEffect, useReducer } from 'react';
import stringWidth from 'string-width';
import { drawScreen, type ScreenSize, type ScreenStreams } from '../../source/components/draw-screen.js';
import type { Rectangle } from '../../source/components/layout.js';

/** A terminal's output side: what is written to it can be seen on an emulated screen. */
class EmulatedOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    super();
    this.#terminal = terminal;
    this.columns = terminal.cols;
    this.rows = terminal.rows;
  }

  write(data: string, done?: () => void): boolean {
    this.#terminal.write(data.replaceAll(/(?<!\r)\n/g, '\r\n'), done);
    return true;
  }
}

/** A terminal's input side: `press` is a key. */
class EmulatedInput extends EventEmitter {
  readonly isTTY = true;
  #data: string | null = null;

  press(data: string): void {
    this.#data = data;
    this.emit('readable');
  }

  read(): string | null {
    const data = this.#data;
    this.#data = null;
    return data;
  }

  setEncoding(): void {}
  setRawMode(): void {}
  ref(): void {}
  unref(): void {}
}

/** A component on an emulated terminal, drawn as `hew tui` draws: only what has changed is sent. */
export interface EmulatedTerminal extends Disposable {
  /** The lines that are seen, without spaces at their ends. */
  screen(): Promise<readonly string[]>;
  /** What stands in the cells of a rectangle, line by line. */
  cells(at: Rectangle): readonly (readonly string[])[];
  /** Draws something else, changing only what differs. */
  update(draw: (size: ScreenSize) => ReactElement): void;
  resize(columns: number, rows: number): void;
  press(data: string): void;
  /** As of the drawn screen. */
  readonly ended: Promise<unknown>;
}

/** What `draw` gives, drawn again at each update. */
function Updated({
  by,
  draw,
}: {
  readonly by: EventEmitter;
  readonly draw: () => ReactElement;
}): ReactElement {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => {
    by.on('update', again);
    return () => void by.off('update', again);
  }, [by]);
  return draw();
}

/** Draws on a terminal of that size, as `hew tui` draws on a real one. */
export function emulateTerminal(
  columns: number,
  rows: number,
  draw: (size: ScreenSize) => ReactElement,
): EmulatedTerminal {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
  useWidths(terminal);
  const stdout = new EmulatedOutput(terminal);
  const stdin = new EmulatedInput();
  // Ink uses no more of the streams than the emulated ones have.
  const streams = { stdin: stdin as unknown, stdout: stdout as unknown } as ScreenStreams;
  const updates = new EventEmitter();
  let drawNow = draw;
  const drawn = drawScreen(streams, (size) => <Updated by={updates} draw={() => drawNow(size)} />);
  return {
    async screen() {
      // The first lets React and Ink's layout come to an end, the second what they have left to be written.
      await drawn.flush();
      await drawn.flush();
      return linesOf(terminal);
    },
    cells: ({ x, y, width, height }) =>
      Array.from({ length: height }, (_, line) =>
        Array.from({ length: width }, (_, column) => {
          const cell = terminal.buffer.active.getLine(y + line)?.getCell(x + column);
          return cell?.getChars() || ' ';
        }),
      ),
    update(next) {
      drawNow = next;
      updates.emit('update');
    },
    resize(width, height) {
      terminal.resize(width, height);
      stdout.columns = width;
      stdout.rows = height;
      stdout.emit('resize');
    },
    press: (data) => stdin.press(data),
    ended: drawn.ended,
    [Symbol.dispose]: () => {
      drawn.unmount();
      terminal.dispose();
    },
  };
}

/** The lines that a terminal shows, without spaces at their ends; of lines that were longer once, what is left. */
export function linesOf({ buffer: { active }, rows, cols }: Terminal): readonly string[] {
  return Array.from(
    { length: rows },
    (_, index) =>
      active
        .getLine(active.viewportY + index)
        ?.translateToString(true, 0, cols)
        .trimEnd() ?? '',
  );
}

/** The emulator knows widths of 2010 only; a terminal of today counts as string-width does, each character by itself. */
export function useWidths(terminal: Terminal): void {
  const wcwidth = (code: number): 0 | 1 | 2 =>
    code < 0x7f ? 1 : (Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2);
  terminal.unicode.register({
    version: 'today',
    wcwidth,
    charProperties(code, before) {
      const joins = wcwidth(code) === 0 && before !== 0 && ((before >> 1) & 3) > 0;
      const width = joins ? (before >> 1) & 3 : wcwidth(code);
      return (width << 1) | (joins ? 1 : 0);
    },
  });
  terminal.unicode.activeVersion = 'today';
}
