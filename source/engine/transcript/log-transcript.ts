import { setImmediate as otherWork } from 'node:timers/promises';
import { LogBytes } from './log-bytes.js';
import { LogLines } from './log-lines.js';
import { linesThatMayHold } from './lines-that-may-hold.js';
import type { PartOf } from './log-parts.js';
import type { Transcript, TranscriptPart, TranscriptSearch, TranscriptWindow } from './transcript.js';

/** A search lets everything else run after so many bytes. */
const SEARCHED_AT_ONCE = 512 * 1024;

/** A log as a {@link Transcript}. */
export class LogTranscript implements Transcript {
  readonly #bytes: LogBytes;
  readonly #lines: LogLines;
  readonly #partOf: PartOf;

  private constructor(bytes: LogBytes, partOf: PartOf) {
    this.#bytes = bytes;
    this.#lines = new LogLines(bytes);
    this.#partOf = partOf;
  }

  /** Opens a log file; null when there is none. One that does not grow may be removed as soon as it is open. */
  static async open(
    path: string,
    partOf: PartOf,
    options: { readonly grows: boolean } = { grows: true },
  ): Promise<LogTranscript | null> {
    const bytes = await LogBytes.open(path, options);
    return bytes && new LogTranscript(bytes, partOf);
  }

  /** How many bytes have been read from disk. */
  get bytesRead(): number {
    return this.#bytes.bytesRead;
  }

  size(): Promise<number> {
    return this.#lines.size();
  }

  async around(offset: number, before: number, after: number): Promise<TranscriptWindow> {
    const size = await this.#lines.size();
    const middle = offset >= size ? size : await this.#lines.startOf(offset);
    const parts: TranscriptPart[] = [];
    let at = await this.#lines.back(middle, before);
    for (let following = 0; following < after || at < middle;) {
      const line = await this.#lines.lineAt(at);
      if (line === null) break;
      if (at >= middle) following += 1;
      parts.push(this.#partOf(line));
      at = line.next;
    }
    return { parts, size };
  }

  async find(
    search: TranscriptSearch,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<number | null> {
    const size = await this.#lines.size();
    const { mayHold, holds } = holding(search.text);
    const { from, direction } = search;
    const whole = direction === 'forwards' ? size - from : from;
    let told = from;
    for await (const { line, at } of linesThatMayHold(this.#lines, search, mayHold)) {
      if (line !== null && holds(this.#partOf(line))) return line.offset;
      if (Math.abs(at - told) < SEARCHED_AT_ONCE) continue;
      told = at;
      onProgress(Math.abs(at - from) / whole);
      await otherWork();
      signal.throwIfAborted();
    }
    return null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#bytes[Symbol.asyncDispose]();
  }
}

/** What tells whether a text is there: in what stands in the log, roughly but quickly, and in what is made of it. */
function holding(text: string): {
  readonly mayHold: (raw: string) => boolean;
  readonly holds: (part: TranscriptPart) => boolean;
} {
  const hasCapital = text !== text.toLowerCase();
  const fold = (each: string): string => (hasCapital ? each : each.toLowerCase());
  // JSON writes letters and digits as they are; other characters may be escaped, and colours may stand within a word.
  const words = text.match(/[a-z0-9]+/gi) ?? [];
  const [word = ''] = words.toSorted((one, other) => other.length - one.length);
  return {
    mayHold: (raw) => fold(raw).includes(word) || raw.includes('\u001b') || raw.includes('\\u00'),
    holds: ({ brief, whole }) => (whole ?? brief).some((each) => fold(each.text).includes(text)),
  };
}
