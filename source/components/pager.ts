import type { Transcript, TranscriptPart, TranscriptSearch } from '../engine/transcript/transcript.js';
import { textMatcher } from './text-matcher.js';
import { layPage, type ReadingPage, type ReadingRow, type RowPlace, rowsOf } from './reading-page.js';

/** The room on the screen for what is read. */
export interface ReadingRoom {
  readonly width: number;
  readonly height: number;
}

/** How a page is left for the next one. */
interface Movement {
  readonly move?: number;
  readonly scroll?: number;
}

/** A third of the page is above what was found. */
const ABOVE_FOUND = 3;
const BEGIN: RowPlace = { offset: 0, row: 0 };
const BEHIND_ALL: RowPlace = { offset: Number.MAX_SAFE_INTEGER, row: 0 };

/** The page that is shown of a transcript, and what moves it. Calls must not overlap. */
export class Pager {
  readonly #transcript: Transcript;
  readonly #unfolded = new Set<number>();
  #room: ReadingRoom;
  #page: ReadingPage = { rows: [], cursor: 0 };
  #size = 0;

  constructor(transcript: Transcript, room: ReadingRoom) {
    this.#transcript = transcript;
    this.#room = room;
  }

  get page(): ReadingPage {
    return this.#page;
  }

  /** Bytes of the transcript when it was looked at last. */
  get size(): number {
    return this.#size;
  }

  /** Moves the page and the cursor by so many rows. */
  async move({ move = 0, scroll = 0 }: Movement): Promise<void> {
    const { rows, cursor } = this.#page;
    await this.#lay(rows[0]?.place ?? BEGIN, rows[cursor]?.place ?? BEGIN, { move, scroll });
  }

  /** Turns by so many pages. */
  async turn(pages: number): Promise<void> {
    const by = Math.trunc(pages * this.#room.height);
    await this.move({ move: by, scroll: by });
  }

  async toBegin(): Promise<void> {
    await this.#lay(BEGIN, BEGIN);
  }

  async toEnd(): Promise<void> {
    await this.#lay(BEHIND_ALL, BEHIND_ALL);
  }

  /** The screen has another size. */
  async fit(room: ReadingRoom): Promise<void> {
    this.#room = room;
    await this.move({});
  }

  /** Whether the transcript has another size than before. */
  async hasChanged(): Promise<boolean> {
    return (await this.#transcript.size()) !== this.#size;
  }

  /** Shows the part at the cursor whole, or folded again; false when nothing of it is folded. */
  async fold(): Promise<boolean> {
    const part = await this.#partAtCursor();
    if (!part || part.whole === null) return false;
    const { offset } = part;
    if (!this.#unfolded.delete(offset)) this.#unfolded.add(offset);
    const top = this.#page.rows[0]?.place ?? BEGIN;
    await this.#lay(top, { offset, row: 0 });
    return true;
  }

  /** Goes to the next row that holds the text, from the cursor on; `isNew` looks at the cursor's row as well. */
  async find(
    text: string,
    direction: TranscriptSearch['direction'],
    isNew: boolean,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<'found' | 'found_beyond' | 'missing'> {
    const here = await this.#partAtCursor();
    if (!here) return 'missing';
    const { row } = this.#page.rows[this.#page.cursor]?.place ?? BEGIN;
    const isForwards = direction === 'forwards';
    const inside = matches(this.#rowsHolding(here, text), text);
    const beside = isForwards
      ? inside.find((each) => (isNew ? each >= row : each > row))
      : inside.findLast((each) => (isNew ? each <= row : each < row));
    if (beside !== undefined) return this.#goTo(here, beside);
    const from = isForwards ? here.next : here.offset;
    const found = await this.#transcript.find({ text, from, direction }, onProgress, signal);
    if (found !== null) return this.#goToMatch(found, text, isForwards);
    const other = isForwards ? 0 : this.#size;
    const beyond = await this.#transcript.find({ text, from: other, direction }, onProgress, signal);
    if (beyond === null) return 'missing';
    await this.#goToMatch(beyond, text, isForwards);
    return 'found_beyond';
  }

  /** The lines of the part at the cursor, all of them; or those on the screen. */
  async text(of: 'part' | 'page'): Promise<readonly string[]> {
    if (of === 'page') return this.#page.rows.map(({ text }) => text.slice(1));
    const part = await this.#partAtCursor();
    return (part?.whole ?? part?.brief ?? []).map(({ text }) => text);
  }

  async #goToMatch(offset: number, text: string, isForwards: boolean): Promise<'found'> {
    const { parts } = await this.#transcript.around(offset, 0, 1);
    const [part] = parts;
    if (!part) return 'found';
    const inside = matches(this.#rowsHolding(part, text), text);
    return this.#goTo(part, inside.at(isForwards ? 0 : -1) ?? 0);
  }

  async #goTo({ offset }: TranscriptPart, row: number): Promise<'found'> {
    const place = { offset, row };
    await this.#lay(place, place, { scroll: -Math.floor(this.#room.height / ABOVE_FOUND) });
    return 'found';
  }

  /** The part's rows, unfolded where the text is in what is folded. */
  #rowsHolding(part: TranscriptPart, text: string): readonly ReadingRow[] {
    const rows = this.#rows([part]);
    if (matches(rows, text).length > 0 || part.whole === null) return rows;
    const unfolded = rowsOf([part], { width: this.#room.width, unfolded: new Set([part.offset]) });
    if (matches(unfolded, text).length === 0) return rows;
    this.#unfolded.add(part.offset);
    return unfolded;
  }

  async #partAtCursor(): Promise<TranscriptPart | null> {
    const place = this.#page.rows[this.#page.cursor]?.place;
    if (!place) return null;
    const { parts } = await this.#transcript.around(place.offset, 0, 1);
    return parts[0] ?? null;
  }

  #rows(parts: readonly TranscriptPart[]): readonly ReadingRow[] {
    return rowsOf(parts, { width: this.#room.width, unfolded: this.#unfolded });
  }

  async #lay(top: RowPlace, cursor: RowPlace, { move = 0, scroll = 0 }: Movement = {}): Promise<void> {
    const { height } = this.#room;
    const reach = height + Math.max(Math.abs(move), Math.abs(scroll));
    // A part has one row at least, so that these are enough for any page.
    const { parts, size } = await this.#transcript.around(top.offset, reach, reach + height);
    this.#size = size;
    this.#page = layPage({ rows: this.#rows(parts), height, top, cursor, scroll, move });
  }
}

/** The numbers of the rows that hold the text; the first one's where only a row's end and the next one's beginning do. */
function matches(rows: readonly ReadingRow[], text: string): readonly number[] {
  const holds = textMatcher(text);
  return rows.flatMap((row, index) => (holds(row.text) ? [index] : []));
}
