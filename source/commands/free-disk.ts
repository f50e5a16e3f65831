import { statfs } from 'node:fs/promises';

/** How often it is looked. */
const LOOK_MS = 10_000;

/** How much room is left on the disk of a folder, looked at every ten seconds. */
export class FreeDisk implements Disposable {
  readonly #folder: string;
  readonly #timer: NodeJS.Timeout;
  #bytes: number | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
    void this.#look();
  }

  /** Null as long as it is not known. */
  get bytes(): number | null {
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    // A file system that does not tell is no reason to stop: then nothing is said of it.
    this.#bytes = await statfs(this.#folder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    );
  }
}
