import { plainLine } from '../plain-line.js';

/** The most that is kept of a command's output for a prompt or a screen. */
export const TAIL_LINES = 40;
export const TAIL_BYTES = 8192;
/** The most UTF-16 units of one line of it. */
export const LINE_LENGTH = 1000;

/** The last lines of a stream: memory does not grow with what passes through, as long as its lines are bounded. */
export class LastLines {
  /** As they came: most lines are never shown, so that only those which are left at the end are freed of controls. */
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > TAIL_LINES) this.#lines.shift();
  }

  /** At most {@link TAIL_LINES} lines and {@link TAIL_BYTES} bytes, without control sequences and empty lines at either end. */
  text(): string {
    const kept: string[] = [];
    let bytes = 0;
    for (const line of this.#lines.toReversed()) {
      const plain = plainLine(line, LINE_LENGTH);
      bytes += Buffer.byteLength(plain) + 1;
      if (bytes > TAIL_BYTES) break;
      kept.unshift(plain);
    }
    return kept.join('\n').replace(/^\n+|\n+$/g, '');
  }
}
