import type { LogBytes } from './log-bytes.js';

const CHUNK = 64 * 1024;
/** Two megabytes: a page and its surroundings are read from disk once. */
const CHUNKS = 32;
/** Of a longer line only the beginning is kept. */
const MOST_KEPT = 256 * 1024;
const LINE_FEED = 0x0a;

/** One line of a log. */
export interface LogLine {
  readonly offset: number;
  /** Where the next line begins. */
  readonly next: number;
  /** Without its line break. */
  readonly text: string;
  /** Only its beginning is in `text`. */
  readonly cut: boolean;
}

/** The lines of a log, found from any place in it forwards and backwards. Of the log only some chunks are in memory. */
export class LogLines {
  readonly #bytes: LogBytes;
  /** The chunks that were used last, those the longest ago first. */
  readonly #chunks = new Map<number, Buffer>();
  #generation: number;
  #size = 0;

  constructor(bytes: LogBytes) {
    this.#bytes = bytes;
    this.#generation = bytes.generation;
  }

  /** Bytes by now. What comes later is not seen before this is asked again. */
  async size(): Promise<number> {
    this.#size = await this.#bytes.size();
    if (this.#bytes.generation !== this.#generation) this.#chunks.clear();
    this.#generation = this.#bytes.generation;
    return this.#size;
  }

  /** The beginning of the line that the byte at the offset is in; the line break is a line's last byte. */
  async startOf(offset: number): Promise<number> {
    let at = Math.min(offset, this.#size);
    while (at > 0) {
      const index = Math.floor((at - 1) / CHUNK);
      const chunk = await this.#chunk(index);
      const found = chunk.lastIndexOf(LINE_FEED, at - 1 - index * CHUNK);
      if (found !== -1) return index * CHUNK + found + 1;
      at = index * CHUNK;
    }
    return 0;
  }

  /** The beginning of the line that is so many lines before the one at the offset; 0 when there are not so many. */
  async back(offset: number, lines: number): Promise<number> {
    let start = offset;
    for (let count = 0; count < lines && start > 0; count += 1) start = await this.startOf(start - 1);
    return start;
  }

  /** The line that begins at the offset; null at the end. A last line without a line break is one, too. */
  async lineAt(offset: number): Promise<LogLine | null> {
    const kept: Buffer[] = [];
    let length = 0;
    let at = offset;
    let ended = false;
    while (!ended && at < this.#size) {
      const index = Math.floor(at / CHUNK);
      const rest = (await this.#chunk(index)).subarray(at - index * CHUNK);
      if (rest.length === 0) break;
      const end = rest.indexOf(LINE_FEED);
      ended = end !== -1;
      const piece = ended ? rest.subarray(0, end) : rest;
      if (length < MOST_KEPT) kept.push(piece.subarray(0, MOST_KEPT - length));
      length += piece.length;
      at += piece.length + (ended ? 1 : 0);
    }
    if (at === offset) return null;
    const text = Buffer.concat(kept).toString();
    return { offset, next: at, text, cut: length > MOST_KEPT };
  }

  /** The bytes from the offset to the end of the chunk that it is in; none at the end. */
  async blockAfter(offset: number): Promise<Buffer> {
    if (offset >= this.#size) return Buffer.alloc(0);
    const index = Math.floor(offset / CHUNK);
    return (await this.#chunk(index)).subarray(offset - index * CHUNK);
  }

  /** The bytes before the offset, from the beginning of the chunk that the last of them is in; none at the beginning. */
  async blockBefore(offset: number): Promise<Buffer> {
    if (offset === 0) return Buffer.alloc(0);
    const index = Math.floor((offset - 1) / CHUNK);
    return (await this.#chunk(index)).subarray(0, offset - index * CHUNK);
  }

  async #chunk(index: number): Promise<Buffer> {
    const wanted = Math.min(CHUNK, this.#size - index * CHUNK);
    const known = this.#chunks.get(index);
    this.#chunks.delete(index);
    const chunk = known && known.length >= wanted ? known : await this.#bytes.read(index * CHUNK, CHUNK);
    this.#chunks.set(index, chunk);
    const [oldest] = this.#chunks.keys();
    if (oldest !== undefined && this.#chunks.size > CHUNKS) this.#chunks.delete(oldest);
    return chunk;
  }
}
