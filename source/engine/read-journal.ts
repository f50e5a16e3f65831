import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EVENT_VERSION } from './event-shape.js';
import { type DurableEvent, durableEventSchema } from './events.js';
import { JournalError } from './journal-error.js';
import { type JournalLine, journalLines, type TornLine } from './journal-lines.js';

/** What a journal says, and whether its last line was cut while it was written. */
export interface JournalContents {
  readonly events: readonly DurableEvent[];
  /** Left out of the events: it was never told done. Null when the file ends well. */
  readonly torn: TornLine | null;
}

/**
 * Reads a run's `events.jsonl`. Fields that this hew does not know are ignored; a torn last line is left out and told.
 * Throws a {@link JournalError} for a file that is missing, a line that is broken or does not fit its checksum, or an event
 * of a newer hew.
 */
export async function readJournal(path: string): Promise<JournalContents> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new JournalError('unreadable', `cannot read the journal ${path}: ${why}`, { cause: error });
  }
  const { lines, torn } = journalLines(bytes);
  return { events: lines.map((line) => readEvent(line, path)), torn };
}

const versionSchema = z.looseObject({ v: z.int() });

/** One line of a journal as the event that it is; throws a {@link JournalError} for one that is broken or of a newer hew. */
export function readEvent({ value, line, changed }: JournalLine, path: string): DurableEvent {
  const read = durableEventSchema.safeParse(value);
  if (read.success && !changed) return read.data;
  const version = versionSchema.safeParse(value).data?.v;
  if (version !== undefined && version > EVENT_VERSION) {
    throw new JournalError(
      'newer',
      `${path}, line ${line}, field v: version ${version} was written by a newer hew (this one knows ${EVENT_VERSION})\n` +
        'Read this run with the hew that wrote it, or update this one.',
      { line, field: 'v' },
    );
  }
  const issue = read.error?.issues[0];
  const field = value === undefined || changed ? null : (issue?.path.join('.') ?? '') || null;
  const what =
    value === undefined
      ? 'is not JSON'
      : changed
        ? 'was changed after it was written, or does not follow the line before it: its checksum is wrong'
        : (issue?.message ?? 'is no event');
  throw new JournalError(
    'broken',
    `${path}, line ${line}${field === null ? '' : `, field ${field}`}: ${what}\n` +
      `Look at it with: sed -n ${line}p events.jsonl. What git holds of the run is untouched.`,
    { line, ...(field === null ? {} : { field }) },
  );
}
