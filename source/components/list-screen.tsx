import { Box } from 'ink';
import { memo, type PropsWithChildren, type ReactElement } from 'react';
import type { ScreenSize } from './draw-screen.js';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { listPage, type ListPlace } from './list-state.js';
import { Place } from './place.js';
import { cut, spread } from './screen-text.js';

/** What the selected row is in three lines, what the last key has led to, and the keys. */
const FOOTER_LINES = 5;

interface ListScreenProps extends ScreenSize {
  readonly title: string;
  /** What the columns are. */
  readonly heading: string;
  readonly count: number;
  /** A place within the list. */
  readonly place: ListPlace;
  /** The text of a row, of any length. Only asked for those on the screen. */
  readonly row: (index: number) => string;
  /** Said in place of the rows when there are none. */
  readonly empty: string;
  /** What the selected row is, up to three lines. */
  readonly details: readonly string[];
  readonly message: string | null;
  readonly keys: string;
}

/** Where the lines below a list are: dialogs stand above them. Pure. */
export function listFooter({ columns, rows }: ScreenSize): Rectangle {
  return { x: 0, y: Math.max(0, rows - FOOTER_LINES), width: columns, height: FOOTER_LINES };
}

/** A list of which one row is selected, in place of the slots. */
export function ListScreen(props: PropsWithChildren<ListScreenProps>): ReactElement {
  const { columns, rows, title, heading, count, place, row, empty, details, message, keys, children } = props;
  const page = listPage(rows);
  const last = Math.min(count, place.first + page);
  const where = count === 0 ? '' : ` ${place.first + 1}-${last} of ${count}`;
  const shown = Array.from({ length: Math.max(0, last - place.first) }, (_, index) => place.first + index);
  return (
    <Box width="100%" height={rows}>
      <Place at={{ x: 0, y: 0, width: columns, height: 2 }}>
        <Line text={spread(`══ ${title} `, where, columns, '═')} tone="strong" />
        <Line text={cut(`   ${heading}`, columns)} tone="dim" />
      </Place>
      <Place at={{ x: 0, y: 2, width: columns, height: page }}>
        {count === 0 && <Line text={cut(` ${empty}`, columns)} />}
        {shown.map((index) => (
          <ListRow key={index} text={row(index)} selected={index === place.selected} width={columns} />
        ))}
      </Place>
      <Place at={listFooter({ columns, rows })}>
        {[0, 1, 2].map((index) => (
          <Line key={index} text={cut(` ${details[index] ?? ''}`, columns)} />
        ))}
        <Line text={cut(` ${message ?? ''}`, columns)} tone="strong" />
        <Line text={cut(` j k PgUp PgDn g G move   ${keys}   ? keys   Esc back`, columns)} />
      </Place>
      {children}
    </Box>
  );
}

interface ListRowProps {
  readonly text: string;
  readonly selected: boolean;
  readonly width: number;
}

/** The selected row is told by a sign, too. */
const ListRow = memo(function ListRow({ text, selected, width }: ListRowProps): ReactElement {
  return (
    <Line text={cut(`${selected ? ' ▶' : '  '} ${text}`, width)} tone={selected ? 'selected' : 'plain'} />
  );
});
