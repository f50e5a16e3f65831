import type { ReactElement } from 'react';
import { Line } from './line.js';
import { Place } from './place.js';
import { cut } from './screen-text.js';

interface SummaryScreenProps {
  readonly columns: number;
  readonly rows: number;
  /** Lines that fit the screen's width, commands apart. */
  readonly lines: readonly string[];
  /** The first line that is shown. */
  readonly scroll: number;
}

/** How the run has ended, until a key is pressed. */
export function SummaryScreen({ columns, rows, lines, scroll }: SummaryScreenProps): ReactElement {
  const page = summaryPage(rows);
  const shown = lines.slice(scroll, scroll + page);
  return (
    <>
      <Place at={{ x: 0, y: 0, width: columns, height: page }}>
        {shown.map((line, index) => (
          <Line key={index} text={cut(line, columns)} />
        ))}
      </Place>
      <Place at={{ x: 0, y: rows - 1, width: columns, height: 1 }}>
        <Line text={cut(hint(lines.length, page, scroll), columns)} tone="strong" />
      </Place>
    </>
  );
}

/** How many lines of the summary are on a screen at once. Pure. */
export function summaryPage(rows: number): number {
  return Math.max(1, rows - 1);
}

function hint(lines: number, page: number, scroll: number): string {
  if (lines <= page) return ' any key leaves; this is then printed';
  const last = Math.min(lines, scroll + page);
  return ` ${scroll + 1}-${last} of ${lines}   j k PgUp PgDn scroll   any other key leaves; all is then printed`;
}
