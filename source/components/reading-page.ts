import wrapAnsi from 'wrap-ansi';
import type { TranscriptLine, TranscriptPart } from '../engine/transcript/transcript.js';
import { OUTPUT_MARKS } from './output-line.js';
import { cut, screenText } from './screen-text.js';

/** Where a row stands in a transcript, whatever else is read of it: the so-manieth of the part that begins there. */
export interface RowPlace {
  readonly offset: number;
  readonly row: number;
}

/** One line of the screen. */
export interface ReadingRow {
  readonly place: RowPlace;
  readonly kind: TranscriptLine['kind'];
  /** Fits the width. */
  readonly text: string;
}

/** How parts are made into rows. */
export interface RowOptions {
  readonly width: number;
  /** Offsets of the parts that are shown whole. */
  readonly unfolded: ReadonlySet<number>;
}

/** What a page is made from. */
export interface PageRequest {
  readonly rows: readonly ReadingRow[];
  readonly height: number;
  readonly top: RowPlace;
  readonly cursor: RowPlace;
  /** By how many rows the page is moved, and the cursor. */
  readonly scroll: number;
  readonly move: number;
}

/** What is on the screen of a transcript. */
export interface ReadingPage {
  readonly rows: readonly ReadingRow[];
  /** The row that the cursor is on; 0 where there are none. */
  readonly cursor: number;
}

const MARKS: Readonly<Record<TranscriptLine['kind'], string>> = {
  ...OUTPUT_MARKS,
  // In a log of its own every line is one of the gate.
  gate: '',
  note: '  . ',
  added: '',
  removed: '',
  place: '',
};

/** The rows of neighbouring parts. What is folded has a `+` in front, what could be folded again a `-`. Pure. */
export function rowsOf(parts: readonly TranscriptPart[], options: RowOptions): readonly ReadingRow[] {
  return parts.flatMap((part) => rowsOfPart(part, options));
}

function rowsOfPart(
  { offset, brief, whole }: TranscriptPart,
  { width, unfolded }: RowOptions,
): readonly ReadingRow[] {
  const isUnfolded = whole !== null && unfolded.has(offset);
  const sign = whole === null ? ' ' : isUnfolded ? '-' : '+';
  const rows = (isUnfolded ? whole : brief).flatMap(({ kind, text }) => {
    const mark = MARKS[kind];
    const room = Math.max(1, width - 1 - mark.length);
    return wrapped(screenText(text), room).map((piece, index) => ({
      kind,
      text: `${index === 0 ? mark : ' '.repeat(mark.length)}${piece}`,
    }));
  });
  return rows.map(({ kind, text }, row) => ({
    place: { offset, row },
    kind,
    text: cut(`${row === 0 ? sign : ' '}${text}`.trimEnd(), width),
  }));
}

function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width && cut(text, width) === text) return [text];
  return wrapAnsi(text, width, { hard: true, trim: false }).split('\n');
}

/** The page after a movement: full wherever there are rows enough, with the cursor on it. Pure. */
export function layPage({ rows, height, top, cursor, scroll, move }: PageRequest): ReadingPage {
  const within = (index: number, last: number): number => Math.max(0, Math.min(index, last));
  const on = within(indexOf(rows, cursor) + move, rows.length - 1);
  const scrolled = indexOf(rows, top) + scroll;
  const visible = Math.min(on, Math.max(scrolled, on - height + 1));
  const first = within(visible, rows.length - height);
  return { rows: rows.slice(first, first + height), cursor: on - first };
}

/** A place may be gone: its part was folded, or the screen has become wider. */
function indexOf(rows: readonly ReadingRow[], { offset, row }: RowPlace): number {
  const after = rows.findIndex(
    ({ place }) => place.offset > offset || (place.offset === offset && place.row >= row),
  );
  const found = rows[after];
  if (found === undefined) return rows.length - 1;
  return found.place.offset === offset || after === 0 ? after : after - 1;
}
