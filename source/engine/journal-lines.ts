import { checkSum, FIRST_SUM } from './journal-sum.js';

/** The end of a journal that was cut while it was written. */
export interface TornLine {
  /** Counted from 1. */
  readonly line: number;
  /** Where it begins and how long it is, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/** One line, not yet checked for being an event. */
export interface JournalLine {
  /** Counted from 1. */
  readonly line: number;
  /** Undefined where the line is no JSON. */
  readonly value: unknown;
  /** Its checksum is another than what its bytes and the line before it come to. */
  readonly changed: boolean;
}

/** What a journal's bytes hold. */
export interface JournalLines {
  readonly lines: readonly JournalLine[];
  readonly torn: TornLine | null;
  /** The checksum that the next line follows. */
  readonly sum: string;
}

const NEWLINE = 0x0a;

/**
 * Cuts a journal's bytes into lines. The last one is torn when it has no newline or is no JSON: a write that was cut
 * leaves that, and nobody was told that the event was on disk. Pure.
 */
export function journalLines(bytes: Uint8Array): JournalLines {
  // A mark at the beginning of a line is part of it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const lines: JournalLine[] = [];
  let offset = 0;
  let sum = FIRST_SUM;
  while (offset < bytes.length) {
    const line = lines.length + 1;
    const newline = bytes.indexOf(NEWLINE, offset);
    const end = newline === -1 ? bytes.length : newline + 1;
    const text = decoder.decode(bytes.subarray(offset, newline === -1 ? end : newline));
    const value = newline === -1 ? undefined : journalValue(text);
    if (value === undefined && end === bytes.length) {
      return { lines, torn: { line, offset, bytes: end - offset }, sum };
    }
    const read = journalLine({ line, text, value }, sum);
    lines.push(read.line);
    sum = read.sum;
    offset = end;
  }
  return { lines, torn: null, sum };
}

/** A line that follows one with the checksum `before`, and its own checksum. Pure. */
export function journalLine(
  { line, text, value }: Pick<JournalLine, 'line' | 'value'> & { readonly text: string },
  before: string,
): { readonly line: JournalLine; readonly sum: string } {
  const { kind, sum } = checkSum(text, before);
  return { line: { line, value, changed: kind === 'wrong' }, sum };
}

/** The value of a journal's line, its checksum with it; undefined where it is no JSON. Pure. */
export function journalValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // What is no JSON is told apart by the caller: at the end it is torn, before it is broken.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
