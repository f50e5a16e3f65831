/** The end of a journal that was cut while it was written. */
export interface TornLine {
  /** Counted from 1. */
  readonly line: number;
  /** Where it begins and how long it is, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/** A journal's lines as values not yet checked; `value` is undefined where the line is no JSON. */
export interface JournalLines {
  readonly lines: readonly { readonly line: number; readonly value: unknown }[];
  readonly torn: TornLine | null;
}

const NEWLINE = 0x0a;

/**
 * Cuts a journal's bytes into lines. The last one is torn when it has no newline or is no JSON: a write that was cut
 * leaves that, and nobody was told that the event was on disk. Pure.
 */
export function journalLines(bytes: Uint8Array): JournalLines {
  const decoder = new TextDecoder();
  const lines: { line: number; value: unknown }[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const line = lines.length + 1;
    const newline = bytes.indexOf(NEWLINE, offset);
    const end = newline === -1 ? bytes.length : newline + 1;
    const value = newline === -1 ? undefined : journalValue(decoder.decode(bytes.subarray(offset, newline)));
    if (value === undefined && end === bytes.length) {
      return { lines, torn: { line, offset, bytes: end - offset } };
    }
    lines.push({ line, value });
    offset = end;
  }
  return { lines, torn: null };
}

/** The value of a journal's line; undefined where it is no JSON. Pure. */
export function journalValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // What is no JSON is told apart by the caller: at the end it is torn, before it is broken.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
