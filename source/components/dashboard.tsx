import { Box } from 'ink';
import type { ReactElement } from 'react';
import { Dialogs } from './dialogs.js';
import { Footer } from './footer.js';
import { Header } from './header.js';
import type { Layout } from './layout.js';
import { Pane } from './pane.js';
import type { ScreenState } from './press-key.js';
import { Row, RowHeading } from './row.js';
import type { ScreenData } from './screen-data.js';

interface DashboardProps {
  readonly rows: number;
  readonly layout: Layout;
  readonly data: Omit<ScreenData, 'summary'>;
  readonly screen: ScreenState;
}

/** A lower pane beside a table shows output alone: the table has the rest. */
const DETAILED_HEIGHT = 5;

/** The run while it goes on: header, a pane or a row for each slot, footer, and what is asked over it. */
export function Dashboard({ rows, layout, data, screen }: DashboardProps): ReactElement {
  const { live, news, now } = data;
  const { footer, header, heading } = layout;
  const viewOf = (slot: number) => live.slots[slot - 1];
  const attempts = live.state.run?.attempts ?? 1;
  const selected = viewOf(screen.selected);
  const common = { checkingBase: live.checking_base, now };
  return (
    <Box width="100%" height={rows}>
      <Header at={header} live={live} freeDisk={data.free_disk_bytes} now={now} />
      {heading && <RowHeading at={heading} />}
      {layout.slots.map((at) => {
        const view = viewOf(at.slot);
        const each = { at, selected: at.slot === screen.selected, ...common };
        if (!view) return null;
        return layout.mode === 'rows' ? (
          <Row key={at.slot} view={view} {...each} />
        ) : (
          <Pane key={at.slot} view={view} attempts={attempts} details {...each} />
        );
      })}
      {layout.tails.map((at) => {
        const view = viewOf(at.slot);
        const isSelected = at.slot === screen.selected && layout.tails.length > 1;
        const details = at.height >= DETAILED_HEIGHT;
        return (
          view && (
            <Pane key={at.slot} at={at} selected={isSelected} {...{ view, attempts, details, ...common }} />
          )
        );
      })}
      <Footer
        at={footer}
        news={news}
        message={screen.message?.text ?? null}
        paused={selected?.state.paused ?? false}
        slots={live.slots.length}
        note={screen.note}
      />
      <Dialogs screen={screen} live={live} footer={footer} now={now} />
    </Box>
  );
}
