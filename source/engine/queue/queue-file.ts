import { open, stat } from 'node:fs/promises';
import pLimit from 'p-limit';
import writeFileAtomic from 'write-file-atomic';
import { QueueError } from '../ports.js';
import { makeIgnoredFolder } from './ignored-folder.js';
import { EMPTY_DOCUMENT, parseDocument, type QueueDocument, serialiseDocument } from './queue-document.js';
import { acquireQueueLock, lockPath } from './queue-lock.js';

/** For a file that is made here: nobody else's to read. A file that exists keeps its mode. */
const NEW_FILE_MODE = 0o600;

/** How often a change is tried again when the file became another one meanwhile. */
const ATTEMPTS = 5;

/** A file that changed a moment ago may change again within the same tick of the file system's clock. */
const SETTLED_MS = 100;

/** The file as it was read: its content and what tells it from what it may be later. */
interface Reading {
  readonly fingerprint: string;
  /** Whether the same fingerprint can only mean the same content. */
  readonly settled: boolean;
  readonly bytes: Buffer;
  readonly document: QueueDocument;
}

/** What a change comes to: an answer, and the file's new content; null when it stays as it is. */
export interface Change<Answer> {
  readonly answer: Answer;
  readonly document: QueueDocument | null;
}

/**
 * The queue's file: read as often as one likes, changed by one process at a time and as a whole, so that a reader or
 * a `kill -9` at any moment meets the old content or the new one. Every method throws a {@link QueueError}.
 */
export class QueueFile {
  readonly #path: string;
  /** One process waits for the lock once, however many slots it has. */
  readonly #turn = pLimit(1);
  #last: Reading | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** What the file holds, read again only when it has changed. Throws when it is missing or has a broken line. */
  async read(): Promise<QueueDocument> {
    const reading = await this.#load();
    if (reading === null) throw this.#missing();
    return reading.document;
  }

  /** Reads, decides and writes while no other process does. `decide` may be called again: it must be pure. */
  change<Answer>(decide: (document: QueueDocument) => Change<Answer>): Promise<Answer> {
    return this.#turn(async () => {
      // Seen before the lock, which could not be made in a folder that is not there.
      if ((await this.#load()) === null) throw this.#missing();
      return await this.#locked(decide);
    });
  }

  /** Like `change`, but a missing file counts as empty and is made, with its folder, which git is told to ignore. */
  changeOrMake<Answer>(decide: (document: QueueDocument) => Change<Answer>): Promise<Answer> {
    return this.#turn(async () => {
      await this.#explained('written', () => makeIgnoredFolder(this.#path));
      return await this.#locked(decide);
    });
  }

  async #locked<Answer>(decide: (document: QueueDocument) => Change<Answer>): Promise<Answer> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      await using lock = await this.#explained('locked', () => acquireQueueLock(this.#path));
      const before = await this.#load();
      const { answer, document } = decide(before?.document ?? EMPTY_DOCUMENT);
      if (document === null) return answer;
      const unchanged = (await this.#fingerprint()) === (before?.fingerprint ?? null);
      if (!unchanged || !(await lock.isHeld())) continue;
      const mode = before === null ? { mode: NEW_FILE_MODE } : {};
      const bytes = serialiseDocument(document);
      await this.#explained('written', () => writeFileAtomic(this.#path, bytes, mode));
      this.#last = { fingerprint: '', settled: false, bytes, document };
      return answer;
    }
    throw new QueueError(
      `${this.#path}: something else changes it all the time. Close what has it open, then try again.`,
    );
  }

  async #load(): Promise<Reading | null> {
    return await this.#explained('read', async () => {
      const fingerprint = await this.#fingerprint();
      if (fingerprint === null) return null;
      if (this.#last?.settled && this.#last.fingerprint === fingerprint) return this.#last;
      this.#last = await this.#readAnew();
      return this.#last;
    });
  }

  async #readAnew(): Promise<Reading> {
    await using file = await open(this.#path, 'r');
    // Before the content: a change while it is read then shows as another fingerprint the next time.
    const status = await file.stat({ bigint: true });
    const settled = Date.now() - Number(status.mtimeMs) > SETTLED_MS;
    const bytes = await file.readFile();
    // Reading is cheap, parsing thousands of tasks is not.
    const known = this.#last?.bytes.equals(bytes) ? this.#last.document : null;
    const document = known ?? parseDocument(bytes, this.#path);
    return { fingerprint: fingerprintOf(status), settled, bytes, document };
  }

  async #fingerprint(): Promise<string | null> {
    try {
      return fingerprintOf(await stat(this.#path, { bigint: true }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  #missing(): QueueError {
    return new QueueError(
      `There are no tasks: ${this.#path} does not exist. File the first: hew task new "<title>"`,
    );
  }

  /** Tells what the file system refused in words of the queue. */
  async #explained<Result>(done: string, action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (cause instanceof QueueError || code === undefined) throw cause;
      const lock = lockPath(this.#path);
      throw new QueueError(
        code === 'ELOCKED'
          ? `${this.#path}: another program has kept it locked for 30 s. If no hew runs, free it: rmdir '${lock}'`
          : `${this.#path}: cannot be ${done}: ${message}`,
        { cause },
      );
    }
  }
}

function fingerprintOf(status: { ino: bigint; size: bigint; mtimeNs: bigint }): string {
  return `${status.ino}:${status.size}:${status.mtimeNs}`;
}
