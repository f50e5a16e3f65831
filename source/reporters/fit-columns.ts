import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** A column of a table: its heading is its key in the rows. */
export interface SummaryColumn<Key extends string> {
  readonly key: Key;
  readonly align?: 'left' | 'right';
  /** Columns are left out until the rest fits, the highest number first; those without a number stay. */
  readonly leave?: number;
  /** Its cells are cut to the room that is left; below this width other columns are left out first. */
  readonly least?: number;
}

/** What a table's rows are made of. */
export type SummaryRow<Key extends string> = Readonly<Record<Key, string>>;

/** A column that is shown, and how wide its cells are. */
export interface FittedColumn<Key extends string> extends SummaryColumn<Key> {
  readonly width: number;
}

/** A space on each side of every cell, as ink-table's padding of 1 has it. */
export const PADDING = 1;

const PLAIN = /^[ -~]*$/;

/**
 * The columns of a table that is at most `columns` wide, as far as columns can be cut or left out. Cells must be free of
 * control characters; wide characters keep their columns. Pure.
 */
export function fitColumns<Key extends string>(
  rows: readonly SummaryRow<Key>[],
  all: readonly SummaryColumn<Key>[],
  columns: number,
): readonly FittedColumn<Key>[] {
  const wanted = all.map((column) => ({ ...column, width: fullWidth(rows, column) }));
  const shown = fitting(wanted, columns);
  let room = columns - tableWidth(shown.map(leastWidth));
  return shown.map((column) => {
    if (column.least === undefined) return column;
    const least = leastWidth(column);
    const width = Math.max(1, Math.min(column.width, least + room));
    room -= width - least;
    return { ...column, width };
  });
}

/** How wide a table is with its padding. Pure. */
export function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2 * PADDING, 0);
}

/** A cell in its column's width, with the padding around it. Pure. */
export function cellText(
  text: string,
  { width, align }: Pick<FittedColumn<string>, 'width' | 'align'>,
): string {
  const isShort = PLAIN.test(text) && text.length <= width;
  const short = isShort ? text : cliTruncate(text, width);
  const rest = ' '.repeat(Math.max(0, width - widthOf(short)));
  return ` ${align === 'right' ? rest + short : short + rest} `;
}

/** The columns that are shown: those that may go are left out until the rest fits. */
function fitting<Key extends string>(
  all: readonly FittedColumn<Key>[],
  columns: number,
): readonly FittedColumn<Key>[] {
  let shown = all;
  while (tableWidth(shown.map(leastWidth)) > columns) {
    const last = Math.max(...shown.map(({ leave }) => leave ?? 0));
    if (last === 0) return shown;
    shown = shown.filter(({ leave }) => leave !== last);
  }
  return shown;
}

function leastWidth({ width, least }: FittedColumn<string>): number {
  return Math.min(width, least ?? Infinity);
}

/** The width of a column's widest cell or heading. */
function fullWidth<Key extends string>(
  rows: readonly SummaryRow<Key>[],
  { key }: SummaryColumn<Key>,
): number {
  return rows.reduce((widest, row) => Math.max(widest, widthOf(row[key])), key.length);
}

function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}
