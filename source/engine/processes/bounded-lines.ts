import { StringDecoder } from 'node:string_decoder';

/** One line of a stream, without its line feed. */
export interface BoundedLine {
  /** What is not UTF-8 is replaced by U+FFFD. */
  readonly text: string;
  /** The line was too long: `text` is its beginning, and the rest of it has been left out. */
  readonly cut: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const FIRST_CAPACITY = 4096;
/** A buffer that has grown above this for one line is let go after it. */
const KEPT_CAPACITY = 64 * 1024;

/**
 * Makes lines of a stream's chunks, holding no more than `maxBytes` whatever comes: a longer line is given at once, as
 * cut, and its rest is passed over. Does no input or output of its own.
 */
export class BoundedLines {
  readonly #maxBytes: number;
  /** The line that has begun. One buffer that grows: a program that writes byte by byte must not cost more. */
  #buffer = Buffer.alloc(0);
  #held = 0;
  /** The line that has begun was given as cut already. */
  #passing = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): BoundedLine[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: BoundedLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      const cut = this.#hold(bytes.subarray(start, end));
      if (cut !== null) lines.push(cut);
      if (this.#passing) this.#passing = false;
      else lines.push(this.#takeWhole());
      start = end + 1;
    }
    const cut = this.#hold(bytes.subarray(start));
    if (cut !== null) lines.push(cut);
    return lines;
  }

  /** The last line, if the stream ended without a line feed. */
  end(): BoundedLine[] {
    return this.#held === 0 ? [] : [this.#takeWhole()];
  }

  /** Adds to the line that has begun; gives its beginning when it has become too long. */
  #hold(piece: Buffer): BoundedLine | null {
    if (this.#passing) return null;
    const fits = Math.min(piece.length, this.#maxBytes - this.#held);
    this.#reserve(this.#held + fits);
    piece.copy(this.#buffer, this.#held, 0, fits);
    this.#held += fits;
    if (fits === piece.length) return null;
    this.#passing = true;
    // The decoder keeps back a character whose first bytes alone have fitted.
    const text = new StringDecoder('utf8').write(this.#buffer.subarray(0, this.#held));
    this.#clear();
    return { text, cut: true };
  }

  #takeWhole(): BoundedLine {
    const ends =
      this.#held > 0 && this.#buffer[this.#held - 1] === CARRIAGE_RETURN ? this.#held - 1 : this.#held;
    const text = this.#buffer.toString('utf8', 0, ends);
    this.#clear();
    return { text, cut: false };
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(
      Math.max(bytes, FIRST_CAPACITY, Math.min(2 * this.#buffer.length, this.#maxBytes)),
    );
    this.#buffer.copy(grown, 0, 0, this.#held);
    this.#buffer = grown;
  }

  #clear(): void {
    this.#held = 0;
    if (this.#buffer.length > KEPT_CAPACITY) this.#buffer = Buffer.alloc(0);
  }
}
