import cliTruncate from 'cli-truncate';
import { renderToString, Text } from 'ink';
import type { PropsWithChildren, ReactElement } from 'react';
import stringWidth from 'string-width';
import { Table } from '../components/ink-table.js';

/** A column of a table: its heading is its key in the rows. */
export interface SummaryColumn<Key extends string> {
  readonly key: Key;
  readonly align?: 'left' | 'right';
  /** Columns are left out until the rest fits, the highest number first; those without a number stay. */
  readonly leave?: number;
  /** Its cells are cut to the room that is left; below this width other columns are left out first. */
  readonly least?: number;
}

type Row<Key extends string> = Readonly<Record<Key, string>>;

/** A space on each side of every cell, as ink-table's padding of 1 has it. */
const PADDING = 1;

/**
 * A table without rules as text, at most `columns` wide as far as columns can be cut or left out. Cells must be free of
 * control characters; wide characters keep their columns.
 */
export function summaryTable<Key extends string>(
  rows: readonly Row<Key>[],
  all: readonly SummaryColumn<Key>[],
  columns: number,
): string {
  const shown = fitting(rows, all, columns);
  const room = columns - tableWidth(shown.map((column) => leastWidth(rows, column)));
  const widths = shown.map((column) =>
    column.least === undefined
      ? fullWidth(rows, column)
      : Math.max(1, Math.min(fullWidth(rows, column), leastWidth(rows, column) + room)),
  );
  const Cell = ({ column = 0, children }: PropsWithChildren<{ column?: number }>): ReactElement => {
    const width = widths[column] ?? 0;
    const text = cliTruncate(typeof children === 'string' ? children.trim() : '', width);
    const rest = ' '.repeat(Math.max(0, width - stringWidth(text)));
    return <Text>{` ${shown[column]?.align === 'right' ? rest + text : text + rest} `}</Text>;
  };
  const table = (
    <Table
      data={rows.map((row) => ({ ...row }))}
      columns={shown.map(({ key }) => key)}
      padding={PADDING}
      cell={Cell}
      header={Cell}
      skeleton={NoRule}
    />
  );
  return renderToString(table, { columns: tableWidth(widths) })
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The columns that are shown: those that may go are left out until the rest fits. */
function fitting<Key extends string>(
  rows: readonly Row<Key>[],
  all: readonly SummaryColumn<Key>[],
  columns: number,
): readonly SummaryColumn<Key>[] {
  let shown = all;
  while (tableWidth(shown.map((column) => leastWidth(rows, column))) > columns) {
    const last = Math.max(...shown.map(({ leave }) => leave ?? 0));
    if (last === 0) return shown;
    shown = shown.filter(({ leave }) => leave !== last);
  }
  return shown;
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2 * PADDING, 0);
}

/** The width of a column's widest cell or heading. */
function fullWidth<Key extends string>(rows: readonly Row<Key>[], { key }: SummaryColumn<Key>): number {
  return rows.reduce((widest, row) => Math.max(widest, stringWidth(row[key])), stringWidth(key));
}

function leastWidth<Key extends string>(rows: readonly Row<Key>[], column: SummaryColumn<Key>): number {
  return Math.min(fullWidth(rows, column), column.least ?? Infinity);
}

/** ink-table asks for rules around every cell; a row of nothing takes no line. */
function NoRule(): null {
  return null;
}
