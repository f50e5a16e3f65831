import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DurableEvent, durableEventSchema } from './events.js';
import { JournalError } from './journal-error.js';
import { journalLines } from './journal-lines.js';
import { withSum } from './journal-sum.js';

/** A run's append-only list of events. */
export interface Journal {
  /**
   * Resolves when the event is on disk (written and synced), in the order of the calls. The first failure, a full disk
   * or an event that could not be read back, rejects this and every later append with the same {@link JournalError}:
   * nothing may be done that depends on an event that is not there.
   */
  append(event: DurableEvent): Promise<void>;
  /** Waits for what is being written, then lets go of the file; later appends are rejected. A second call does nothing. */
  close(): Promise<void>;
}

interface Waiting {
  readonly line: string;
  resolve(): void;
  reject(error: JournalError): void;
}

/**
 * Opens `events.jsonl` to append to, mode 0600; makes it when it is missing. A torn last line, which no append had
 * been told done, is cut off first, since the next event would be glued to it. Throws a {@link JournalError}.
 */
export async function openJournal(path: string): Promise<Journal> {
  const opened = await openAtEnd(path).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
  const { handle } = opened;
  let { sum } = opened;
  let waiting: Waiting[] = [];
  let failure: JournalError | null = null;
  let writing = false;
  let round = Promise.resolve();
  let closed = false;

  const fail = (error: JournalError, batch: readonly Waiting[]): void => {
    failure = error;
    for (const each of [...batch, ...waiting]) each.reject(error);
    waiting = [];
  };

  // Whoever appends while a sync is under way waits for the next one, and shares it: one sync for many events.
  const writeWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await handle.appendFile(batch.map((each) => each.line).join(''));
        await handle.datasync();
      } catch (error) {
        fail(cannotWrite(path, error), batch);
      }
      // After a failure this changes nothing: the batch was rejected.
      for (const each of batch) each.resolve();
    }
    // Said at once and not a tick later: whoever was woken just now may append before any tick.
    writing = false;
  };

  return {
    append: (event) => {
      if (failure) return Promise.reject(failure);
      const checked = durableEventSchema.safeParse(event);
      if (!checked.success) {
        fail(unwritable(path, event, checked.error.issues[0]), []);
        return Promise.reject(failure ?? new JournalError('unwritable', path));
      }
      const summed = withSum(JSON.stringify(event), sum);
      sum = summed.sum;
      const written = new Promise<void>((resolve, reject) => {
        waiting.push({ line: summed.line, resolve, reject });
      });
      if (!writing) {
        writing = true;
        round = writeWaiting();
      }
      return written;
    },
    close: async () => {
      failure ??= new JournalError('closed', `${path} is closed: nothing more can be written to it`);
      await round;
      if (closed) return;
      closed = true;
      await handle.close();
    },
  };
}

async function openAtEnd(path: string): Promise<{ readonly handle: FileHandle; readonly sum: string }> {
  const handle = await open(path, 'a+', 0o600);
  try {
    const bytes = await handle.readFile();
    const { torn, sum } = journalLines(bytes);
    if (torn) await handle.truncate(torn.offset);
    await handle.datasync();
    // A new file is only found again after a power cut when its folder has been synced, too.
    if (bytes.length === 0) await syncFolder(dirname(path));
    return { handle, sum };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function cannotWrite(path: string, cause: unknown): JournalError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new JournalError(
    'write',
    `cannot write the journal ${path}: ${why}\nThe run stops here. Make room or give write access, then start again.`,
    { cause },
  );
}

function unwritable(
  path: string,
  event: DurableEvent,
  issue: { readonly path: PropertyKey[]; readonly message: string } | undefined,
): JournalError {
  const field = issue?.path.join('.') ?? '';
  return new JournalError(
    'unwritable',
    `internal: an event ${event.type} for ${path} could not be read back: field ${field}: ${issue?.message ?? ''}`,
    { field },
  );
}
