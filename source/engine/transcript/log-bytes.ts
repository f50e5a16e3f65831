import { type FileHandle, open, stat } from 'node:fs/promises';

/** One of the files that a log is in. */
interface Piece {
  readonly handle: FileHandle;
  readonly inode: number;
  /** Where it begins in the log. */
  readonly start: number;
  readonly bytes: number;
}

/**
 * The bytes of a log that somebody may still write: its file, and behind it what a BoundedLog has put into `.tail-0` and
 * `.tail-1` so far. When the older of these is overwritten, or the log becomes one file, an offset may name other bytes.
 */
export class LogBytes implements AsyncDisposable {
  readonly #path: string;
  readonly #grows: boolean;
  readonly #handles = new Map<string, { readonly handle: FileHandle; readonly inode: number }>();
  #pieces: readonly Piece[] = [];
  #generation = 0;
  #bytesRead = 0;

  private constructor(path: string, grows: boolean) {
    this.#path = path;
    this.#grows = grows;
  }

  /** Opens a log; null when there is none. One that does not grow may be removed as soon as it is open. */
  static async open(path: string, { grows }: { readonly grows: boolean }): Promise<LogBytes | null> {
    const log = new LogBytes(path, grows);
    await log.size();
    return log.#pieces.length === 0 ? null : log;
  }

  /** Grows when an offset may name other bytes than before. */
  get generation(): number {
    return this.#generation;
  }

  /** How many bytes have been read from the files. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Bytes by now: the files are looked at again. */
  async size(): Promise<number> {
    if (!this.#grows && this.#pieces.length > 0) return endOf(this.#pieces);
    const pieces = await this.#look();
    const isSame = this.#pieces.every(({ inode, bytes }, index) => {
      const now = pieces[index];
      const isLast = index === this.#pieces.length - 1;
      return now?.inode === inode && (isLast ? now.bytes >= bytes : now.bytes === bytes);
    });
    if (!isSame) this.#generation += 1;
    this.#pieces = pieces;
    return endOf(pieces);
  }

  /** Reads up to `length` bytes; fewer at the end. */
  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    for (const { handle, start, bytes } of this.#pieces) {
      const from = offset + filled - start;
      const wanted = Math.min(length - filled, bytes - from);
      if (from < 0 || wanted <= 0) continue;
      const { bytesRead } = await handle.read(buffer, filled, wanted, from);
      filled += bytesRead;
      if (bytesRead < wanted) break;
    }
    this.#bytesRead += filled;
    return buffer.subarray(0, filled);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pieces = [];
    for (const { handle } of this.#handles.values()) await handle.close();
    this.#handles.clear();
  }

  async #look(): Promise<readonly Piece[]> {
    const head = await this.#file(this.#path);
    if (head === null) return [];
    const tails = [await this.#file(`${this.#path}.tail-0`), await this.#file(`${this.#path}.tail-1`)];
    // The older one is full; times tell them apart where both are.
    const inOrder = tails
      .filter((tail) => tail !== null)
      .toSorted((one, other) => other.bytes - one.bytes || one.changed - other.changed);
    const pieces: Piece[] = [];
    for (const { handle, inode, bytes } of [head, ...inOrder]) {
      pieces.push({ handle, inode, bytes, start: endOf(pieces) });
    }
    return pieces;
  }

  async #file(path: string): Promise<(Omit<Piece, 'start'> & { readonly changed: number }) | null> {
    const { ino = null, size = 0, mtimeMs = 0 } = (await orNull(stat(path))) ?? {};
    const known = this.#handles.get(path);
    if (known && known.inode !== ino) {
      this.#handles.delete(path);
      await known.handle.close();
    }
    if (ino === null) return null;
    const opened = this.#handles.get(path) ?? (await this.#open(path, ino));
    return opened && { ...opened, bytes: size, changed: mtimeMs };
  }

  async #open(path: string, inode: number): Promise<{ handle: FileHandle; inode: number } | null> {
    const handle = await orNull(open(path, 'r'));
    if (handle === null) return null;
    this.#handles.set(path, { handle, inode });
    return { handle, inode };
  }
}

function endOf(pieces: readonly Piece[]): number {
  const last = pieces.at(-1);
  return last === undefined ? 0 : last.start + last.bytes;
}

/** What there is of a file; null when there is no such file. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
