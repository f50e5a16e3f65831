/** What is wrong with a journal. */
export type JournalFault =
  /** There is no such file, or it cannot be read. */
  | 'unreadable'
  /** A line that is not one of its events. */
  | 'broken'
  /** An event that a newer hew wrote. */
  | 'newer'
  /** The disk refused an event. */
  | 'write'
  /** hew itself made an event that could not be read back. */
  | 'unwritable'
  | 'closed';

/** A journal cannot be read or written. The message names the file, the line (from 1) and the field, and what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly kind: JournalFault;
  readonly line: number | null;
  readonly field: string | null;

  constructor(
    kind: JournalFault,
    message: string,
    more: { readonly line?: number; readonly field?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.line = more.line ?? null;
    this.field = more.field ?? null;
  }
}
