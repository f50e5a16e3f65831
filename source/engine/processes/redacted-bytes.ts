import type { Redactor } from '../redactor.js';

const LINE_FEED = 0x0a;

/**
 * Takes secrets out of a stream's bytes that come in pieces, of which each ends with a line, or within one that is too
 * long to be held. The end of such a piece is held back, as much as may be the beginning of a secret.
 */
export class RedactedBytes {
  readonly #redactor: Redactor;
  #held: Buffer = Buffer.alloc(0);

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** What can be given on now. */
  push(piece: Buffer): Buffer {
    if (this.#redactor.longest === 0 || piece.length === 0) return piece;
    const bytes = this.#redactor.bytes(this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]));
    const isWhole = bytes.at(-1) === LINE_FEED;
    const end = isWhole ? bytes.length : Math.max(0, bytes.length - this.#redactor.longest + 1);
    this.#held = Buffer.from(bytes.subarray(end));
    return bytes.subarray(0, end);
  }

  /** What is still held back. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }
}
