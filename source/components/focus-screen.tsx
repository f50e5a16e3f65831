import { Box } from 'ink';
import { memo, type ReactElement } from 'react';
import { formatBytes } from '../reporters/formats.js';
import type { ScreenSize } from './draw-screen.js';
import { Dialogs } from './dialogs.js';
import { Line, type Tone } from './line.js';
import { outputTone } from './output-line.js';
import { Place } from './place.js';
import type { ReadingRow } from './reading-page.js';
import type { ReadingRoom } from './pager.js';
import type { ReadingSubject, ReadingView } from './reading-view.js';
import type { ScreenState } from './press-key.js';
import type { ScreenData } from './screen-data.js';
import { cut, screenText, spread } from './screen-text.js';
import { subjectInWords } from './slot-words.js';
import { underCursor } from './under-cursor.js';

/** The heading, how far one has read, and the keys. */
const OTHER_LINES = 3;

interface FocusScreenProps extends ScreenSize {
  readonly view: ReadingView;
  readonly data: Omit<ScreenData, 'summary'>;
  readonly screen: ScreenState;
}

/** The room that is left for the rows of what is read. Pure. */
export function readingRoom({ columns, rows }: ScreenSize): ReadingRoom {
  return { width: columns, height: Math.max(1, rows - OTHER_LINES) };
}

/** One slot in full: the transcript of an iteration, its gate's log or its diff. */
export function FocusScreen({ columns: width, rows, view, data, screen }: FocusScreenProps): ReactElement {
  const { height } = readingRoom({ columns: width, rows });
  const slot = data.live.slots.find(({ state }) => state.slot === view.slot);
  const footer = { x: 0, y: rows - 2, width, height: 2 };
  const task = slot ? subjectInWords(slot) : '';
  const typing = screen.focus?.typing ?? null;
  return (
    <Box width="100%" height={rows}>
      <Place at={{ x: 0, y: 0, width, height: 1 }}>
        <Line text={heading(view, task, width)} tone="strong" />
      </Place>
      <Place at={{ x: 0, y: 1, width, height }}>
        {view.rows.slice(0, height).map((row, index) => (
          <Row key={index} row={row} isCursor={index === view.cursor} width={width} />
        ))}
      </Place>
      <Place at={footer}>
        <Line text={cut(statusLine(view, typing, screen.message?.text ?? null), width)} tone="strong" />
        <Line text={keyLine(width)} />
      </Place>
      <Dialogs screen={screen} live={data.live} footer={footer} now={data.now} />
    </Box>
  );
}

interface RowProps {
  readonly row: ReadingRow;
  readonly isCursor: boolean;
  readonly width: number;
}

const Row = memo(function Row({ row, isCursor, width }: RowProps): ReactElement {
  return <Line text={isCursor ? underCursor(row.text, width) : row.text} tone={toneOf(row, isCursor)} />;
});

/** Those in sight on each screen, and those that need more room; `?` tells all. */
const KEYS = ' Esc back   / search   f follow   g gate   d diff   [ ] iterations   ? keys';
const MORE_KEYS =
  ' Esc back   j k PgUp PgDn   Enter unfold   / search   f follow   g gate   d diff   [ ] iterations   c copy   ? keys';

function keyLine(width: number): string {
  return cut(MORE_KEYS.length <= width ? MORE_KEYS : KEYS, width);
}

function heading({ slot, subject }: ReadingView, task: string, width: number): string {
  if (subject === null) return spread(`══ ${slot} ${task} `, '', width, '═');
  const { kind, number, of, worker, iteration, about } = subject;
  const what = number === of && about === '' ? task : about || `iteration ${iteration}`;
  const right = ` ${KINDS[kind]}  w${worker} iteration ${iteration}${of > 1 ? `  ${number} of ${of}` : ''}`;
  const left = cut(`══ ${slot} ${screenText(what)} `, width - right.length);
  return spread(left, right, width, '═');
}

const KINDS: Readonly<Record<ReadingSubject['kind'], string>> = {
  agent: 'transcript',
  gate: 'gate log',
  merged_gate: 'gate log of the merge',
  diff: 'diff',
};

function statusLine(view: ReadingView, typing: string | null, message: string | null): string {
  if (typing !== null) return ` /${typing}_   Enter searches, Esc takes that back`;
  const { searching, search, follows, size } = view;
  if (searching !== null)
    return ` searches ${screenText(search ?? '')}: ${Math.floor(searching * 100)}%   Esc gives up`;
  const facts = [
    ` ${placeInWords(view)}`,
    size === 0 ? '' : formatBytes(size),
    follows ? 'FOLLOWS' : '',
    search === null ? '' : `/${screenText(search)}`,
    screenText(message ?? view.message ?? ''),
  ];
  return facts.filter((fact) => fact !== '').join('   ');
}

function placeInWords({ rows, cursor, size }: ReadingView): string {
  const offset = rows[cursor]?.place.offset ?? 0;
  return size === 0 ? '0%' : `${Math.floor((offset / size) * 100)}%`;
}

function toneOf({ kind }: ReadingRow, isCursor: boolean): Tone {
  if (isCursor) return 'selected';
  switch (kind) {
    case 'added':
    case 'removed':
      return kind;
    case 'note':
      return 'dim';
    case 'place':
      return 'strong';
    case 'text':
    case 'tool':
    case 'result':
    case 'error':
    case 'gate':
      return outputTone(kind);
  }
}
