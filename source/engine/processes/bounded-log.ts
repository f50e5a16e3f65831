import { writeSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** How many bytes of a log are kept. */
export interface LogSizes {
  readonly headBytes: number;
  readonly tailBytes: number;
}

const MEGABYTE = 1024 * 1024;
const SIZES: LogSizes = { headBytes: 16 * MEGABYTE, tailBytes: 64 * MEGABYTE };

/** A file beside the log that holds a stretch of what comes after the head. */
interface Segment {
  readonly path: string;
  readonly handle: FileHandle;
  readonly bytes: number;
}

/**
 * A log file (mode 0600) that keeps the first and the last bytes of what is written to it, and says in a line between
 * them how many were left out. After `finish()` the log is one file. Until then what follows the head is in
 * `<path>.tail-0` and `<path>.tail-1`, each at most the tail's size, so that a crash loses none of it.
 */
export class BoundedLog extends Writable {
  readonly path: string;
  readonly #sizes: LogSizes;
  #head: FileHandle | null = null;
  #headBytes = 0;
  #older: Segment | null = null;
  #newer: Segment | null = null;
  /** How many tail segments have been opened; also how many bytes of them are gone, in whole segments. */
  #segments = 0;
  #lastByte = 0;

  constructor(path: string, sizes: LogSizes = SIZES) {
    super({ decodeStrings: true });
    this.path = path;
    this.#sizes = sizes;
    // An error is told to whoever writes, and by finish(): it must not end hew as an event that nobody listens to.
    this.on('error', () => {});
  }

  /** Ends the log; resolves when it is one closed file, rejects when it could not be written. */
  async finish(): Promise<void> {
    this.end();
    await finished(this);
  }

  override _construct(callback: (error?: Error | null) => void): void {
    settle(this.#open(), callback);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    settle(this.#append(chunk), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    settle(this.#join(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    settle(this.#closeAll(), (closing) => callback(error ?? closing));
  }

  async #open(): Promise<void> {
    this.#head = await open(this.path, 'w', 0o600);
  }

  async #append(chunk: Buffer): Promise<void> {
    const forHead = chunk.subarray(0, this.#sizes.headBytes - this.#headBytes);
    if (forHead.length > 0) {
      if (this.#head !== null) writeAll(this.#head, forHead);
      this.#headBytes += forHead.length;
      this.#lastByte = forHead.at(-1) ?? 0;
    }
    for (let rest = chunk.subarray(forHead.length); rest.length > 0;) {
      const segment = await this.#segmentWithRoom();
      const piece = rest.subarray(0, this.#sizes.tailBytes - segment.bytes);
      writeAll(segment.handle, piece);
      this.#newer = { ...segment, bytes: segment.bytes + piece.length };
      rest = rest.subarray(piece.length);
    }
  }

  async #segmentWithRoom(): Promise<Segment> {
    if (this.#newer !== null && this.#newer.bytes < this.#sizes.tailBytes) return this.#newer;
    await this.#older?.handle.close();
    this.#older = this.#newer;
    const path = `${this.path}.tail-${this.#segments % 2}`;
    this.#newer = { path, handle: await open(path, 'w+', 0o600), bytes: 0 };
    this.#segments += 1;
    return this.#newer;
  }

  /** Makes the one file: the head, what was left out, the last bytes of the two segments. */
  async #join(): Promise<void> {
    if (this.#newer === null) return;
    const after = (this.#segments - 1) * this.#sizes.tailBytes + this.#newer.bytes;
    const leftOut = Math.max(0, after - this.#sizes.tailBytes);
    if (leftOut > 0) {
      // A line of its own: the lines that the cuts go through end here and begin after it.
      const start = this.#lastByte === 0x0a || this.#headBytes === 0 ? '' : '\n';
      await this.#head?.appendFile(`${start}[hew: ${leftOut} bytes are left out here]\n`);
    }
    const fromOlder = Math.min(this.#older?.bytes ?? 0, this.#sizes.tailBytes - this.#newer.bytes);
    if (this.#older !== null) await this.#copy(this.#older, this.#older.bytes - fromOlder);
    await this.#copy(this.#newer, 0);
    for (const segment of [this.#older, this.#newer]) {
      if (segment !== null) await rm(segment.path, { force: true });
    }
  }

  async #copy(segment: Segment, from: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(MEGABYTE);
    for (let position = from; position < segment.bytes;) {
      const { bytesRead } = await segment.handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw new Error(`${segment.path} is shorter than what was written to it`);
      await this.#head?.appendFile(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
  }

  async #closeAll(): Promise<void> {
    for (const handle of [this.#head, this.#older?.handle, this.#newer?.handle]) await handle?.close();
  }
}

/**
 * Writes at once, not by way of another thread: agents put out a thousand short lines a second, and to hand each over and be
 * woken again costs ten times what it takes the system to note it.
 */
function writeAll({ fd }: FileHandle, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** Gives a promise's end to one of Node's callbacks. */
function settle(promise: Promise<void>, callback: (error?: Error | null) => void): void {
  promise.then(
    () => callback(),
    (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
  );
}
