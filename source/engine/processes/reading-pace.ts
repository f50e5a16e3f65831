/** So long more is waited for: to be woken for each of an agent's short lines takes more time than they do. */
const GATHER_MS = 100;
/** Who puts out as much in that time is not kept waiting: of such short writes the system holds few, and then the program waits. */
const MUCH_LINES = 100;
const MUCH_BYTES = 16 * 1024;

/** How long a reader waits between a stream's pieces: little output is read together, much of it at once. */
export class ReadingPace {
  #since = -Infinity;
  #lines = 0;
  #bytes = 0;
  #hasMuch = false;

  /** Milliseconds to wait before more is read, after such a piece at `now`, which is in milliseconds too. */
  waitAfter(piece: { readonly lines: number; readonly bytes: number }, now: number): number {
    if (now - this.#since >= GATHER_MS) {
      this.#hasMuch = this.#isMuch();
      this.#since = now;
      this.#lines = 0;
      this.#bytes = 0;
    }
    this.#lines += piece.lines;
    this.#bytes += piece.bytes;
    return this.#hasMuch || this.#isMuch() ? 0 : GATHER_MS;
  }

  #isMuch(): boolean {
    return this.#lines >= MUCH_LINES || this.#bytes >= MUCH_BYTES;
  }
}
