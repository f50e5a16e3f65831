import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { BoundedLines, type BoundedLine } from './bounded-lines.js';
import type { BoundedLog } from './bounded-log.js';
import type { Redactor } from '../redactor.js';
import { ReadingPace } from './reading-pace.js';
import { RedactedBytes } from './redacted-bytes.js';
import { WholeLines } from './whole-lines.js';

/** Where a stream's output goes. */
export interface StreamSinks {
  /** Called for each line, in order; while a returned promise is pending, no more of the stream is read. */
  readonly onLine: (line: string, cut: boolean) => void | Promise<void>;
  readonly log: BoundedLog | undefined;
  readonly maxLineBytes: number;
  /** Takes out of lines and log what is nobody's to read. */
  readonly redactor: Redactor;
  /** Short pieces are waited for and taken together, but for the first after a silence, and once the program has ended. */
  readonly gathers?: boolean | undefined;
}

/** Reads a program's stream into its sinks, no faster than they take it, holding little more than one line. */
export class StreamReader {
  /** Resolves at the stream's end; rejects when a sink failed. */
  readonly done: Promise<void>;
  readonly #stream: Readable;
  readonly #sinks: StreamSinks;
  readonly #lines: BoundedLines;
  readonly #whole = new WholeLines();
  readonly #redacted: RedactedBytes;
  #chunks = 0;
  #busy = false;
  #abandoned = false;
  readonly #pace: ReadingPace | null;
  #hurried = false;
  #endWait = (): void => {};

  constructor(stream: Readable, sinks: StreamSinks) {
    this.#stream = stream;
    this.#sinks = sinks;
    this.#lines = new BoundedLines(sinks.maxLineBytes);
    this.#redacted = new RedactedBytes(sinks.redactor);
    this.#pace = sinks.gathers === true ? new ReadingPace() : null;
    this.done = this.#read();
    // Told by finish(), which whoever made the reader may not have come to yet: until then it must not end hew.
    this.done.catch(() => {});
  }

  /**
   * For after the program's end: resolves at the stream's end, or when nothing has come for `quietMs` milliseconds,
   * since a process that is out of reach may hold the pipe open for ever. Rejects when a sink failed.
   */
  async finish(quietMs: number): Promise<void> {
    const ended = this.done.then(() => true);
    this.#hurried = true;
    this.#endWait();
    for (;;) {
      const before = this.#chunks;
      if (await Promise.race([ended, pause(quietMs, false, { ref: false })])) return;
      if (before === this.#chunks && !this.#busy) break;
    }
    this.#abandoned = true;
    this.#stream.destroy();
    await this.done;
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#stream) {
        this.#busy = true;
        this.#chunks += 1;
        await this.#log(this.#redacted.push(this.#whole.push(chunk as Buffer)));
        const lines = this.#lines.push(chunk as Buffer);
        await this.#tell(lines);
        this.#busy = false;
        await this.#gather({ lines: lines.length, bytes: (chunk as Buffer).length });
      }
    } catch (error) {
      // The stream that finish() gave up ends as a stream cut short: that is no fault.
      if (!this.#abandoned) throw error;
    }
    await this.#log(this.#redacted.push(this.#whole.end()));
    await this.#log(this.#redacted.end());
    await this.#tell(this.#lines.end());
  }

  /** Lets more come, if it comes in short pieces. */
  async #gather(piece: Parameters<ReadingPace['waitAfter']>[0]): Promise<void> {
    const ms = this.#pace?.waitAfter(piece, performance.now()) ?? 0;
    if (ms === 0 || this.#hurried) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #log(bytes: Buffer): Promise<void> {
    const { log } = this.#sinks;
    if (log === undefined || bytes.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      // Of a log that has failed before, the first error tells why.
      log.write(bytes, (error) => (error ? reject(log.errored ?? error) : resolve()));
    });
  }

  async #tell(lines: readonly BoundedLine[]): Promise<void> {
    for (const { text, cut } of lines) {
      const taken = this.#sinks.onLine(this.#sinks.redactor.text(text), cut);
      if (taken !== undefined) await taken;
    }
  }
}
