import { renderToString, Text } from 'ink';
import type { PropsWithChildren, ReactElement } from 'react';
import { loadTable } from '../components/ink-table.js';
import {
  cellText,
  fitColumns,
  PADDING,
  type SummaryColumn,
  type SummaryRow,
  tableWidth,
} from './fit-columns.js';

/** Ink lays out a few rows in no time; twenty take it a tenth of a second, and every further one longer than the one before. */
const MOST_ROWS = 16;

/** A table without rules as text, of the columns that fit into `columns`. */
export function summaryTable<Key extends string>(
  rows: readonly SummaryRow<Key>[],
  all: readonly SummaryColumn<Key>[],
  columns: number,
): string {
  const shown = fitColumns(rows, all, columns);
  if (rows.length > MOST_ROWS) {
    const heading = shown.map((column) => cellText(column.key, column)).join('');
    const lines = rows.map((row) => shown.map((column) => cellText(row[column.key], column)).join(''));
    return [heading, ...lines].map((line) => line.trimEnd()).join('\n');
  }
  const Cell = ({ column = 0, children }: PropsWithChildren<{ column?: number }>): ReactElement => {
    const text = typeof children === 'string' ? children.trim() : '';
    return <Text>{cellText(text, shown[column] ?? { width: 0 })}</Text>;
  };
  const Table = loadTable();
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
  return renderToString(table, { columns: tableWidth(shown.map(({ width }) => width)) })
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** ink-table asks for rules around every cell; a row of nothing takes no line. */
function NoRule(): null {
  return null;
}
