import { plainLine } from '../plain-line.js';

/** The most that is kept of a command's output for a prompt or a screen. */
export const TAIL_LINES = 40;
export const TAIL_BYTES = 8192;
const LINE_LENGTH = 1000;

/** The last lines of a stream: memory does not grow with what passes through. */
export class LastLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(plainLine(line, LINE_LENGTH));
    if (this.#lines.length > TAIL_LINES) this.#lines.shift();
  }

  /** At most {@link TAIL_LINES} lines and {@link TAIL_BYTES} bytes, without control sequences and empty lines at either end. */
  text(): string {
    const kept: string[] = [];
    let bytes = 0;
    for (const line of this.#lines.toReversed()) {
      bytes += Buffer.byteLength(line) + 1;
      if (bytes > TAIL_BYTES) break;
      kept.unshift(line);
    }
    return kept.join('\n').replace(/^\n+|\n+$/g, '');
  }
}
