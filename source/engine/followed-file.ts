import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Of larger ones more lives at once than can be given back cheaply. */
const CHUNK = 64 * 1024;

/** A file that grows while it is read: its whole lines, each once. */
export class FollowedFile {
  readonly #path: string;
  readonly #decoder = new StringDecoder('utf8');
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that have come since, a part at a time; none while there is no such file. */
  async *lines(): AsyncGenerator<readonly string[]> {
    const handle = await openIfThere(this.#path);
    if (handle === null) return;
    try {
      // One that has become shorter was begun anew.
      const { size } = await handle.stat();
      if (size < this.#offset) this.#offset = 0;
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, this.#offset);
        if (bytesRead === 0) return;
        this.#offset += bytesRead;
        const lines = (this.#rest + this.#decoder.write(chunk.subarray(0, bytesRead))).split('\n');
        this.#rest = lines.pop() ?? '';
        if (lines.length > 0) yield lines;
      }
    } finally {
      await handle.close();
    }
  }

  /** A last line without its end; empty when there is none. It is not given again. */
  takeRest(): string {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest;
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
