import type { ReactElement } from 'react';
import type { ScreenSize } from './draw-screen.js';
import { Line } from './line.js';
import { keepInList } from './list-state.js';
import { Place } from './place.js';
import type { SummaryState } from './press-summary-key.js';
import { cut } from './screen-text.js';
import { underCursor } from './under-cursor.js';

interface SummaryScreenProps extends ScreenSize {
  /** Lines that fit the screen's width, commands apart. */
  readonly lines: readonly string[];
  readonly state: SummaryState;
}

/** How the run has ended, or what happened to one of its tasks, until a key leaves it. */
export function SummaryScreen({ columns, rows, lines, state }: SummaryScreenProps): ReactElement {
  const page = summaryPage(rows);
  const { selected, first } = keepInList(state.place, { count: lines.length, page });
  const shown = lines.slice(first, first + page);
  const last = Math.min(lines.length, first + page);
  const where = ` ${first + 1}-${last} of ${lines.length}`;
  return (
    <>
      <Place at={{ x: 0, y: 0, width: columns, height: page }}>
        {shown.map((line, index) => {
          const isCursor = first + index === selected;
          const text = cut(line, columns);
          return (
            <Line
              key={index}
              text={isCursor ? underCursor(text, columns) : text}
              tone={isCursor ? 'selected' : 'plain'}
            />
          );
        })}
      </Place>
      <Place at={{ x: 0, y: rows - 1, width: columns, height: 1 }}>
        <Line text={cut(hint(state, where), columns)} tone="strong" />
      </Place>
    </>
  );
}

/** How many lines of the summary are on a screen at once. Pure. */
export function summaryPage(rows: number): number {
  return Math.max(1, rows - 1);
}

function hint({ typing, message, story }: SummaryState, where: string): string {
  if (typing !== null) return ` /${typing}_   Enter searches, Esc takes that back`;
  if (message !== null) return `${where}   ${message}`;
  if (story !== null) return `${where}  j k move  / find  n N next  Esc back to the summary`;
  return `${where}  j k move  Tab Enter a task  / find  any other key leaves; all is then printed`;
}
