const LINE_FEED = 0x0a;

/**
 * Gives a stream's bytes on in whole lines, so that two streams can share a log without cutting each other's lines.
 * A line above `maxBytes` is given on in pieces. Every byte is given on, in order.
 */
export class WholeLines {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #held = 0;

  constructor(maxBytes = 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  /** The bytes that can be given on now; may be empty. */
  push(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    const whole = end === 0 ? null : this.#hold(bytes.subarray(0, end)).end();
    // A copy, since a small rest must not keep the memory of its whole chunk.
    this.#hold(Buffer.from(bytes.subarray(end)));
    if (whole !== null) return whole;
    // Many small pieces cost more than their bytes: they are bounded too.
    return this.#held > this.#maxBytes || this.#pieces.length > 1024 ? this.end() : Buffer.alloc(0);
  }

  /** What is still held: the end of a stream that has no line feed there. */
  end(): Buffer {
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#held = 0;
    return whole;
  }

  #hold(piece: Buffer): this {
    if (piece.length > 0) this.#pieces.push(piece);
    this.#held += piece.length;
    return this;
  }
}
