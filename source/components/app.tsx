import { Box, useInput, useWindowSize } from 'ink';
import { type ReactElement, useEffect, useMemo, useState } from 'react';
import type { Control } from '../engine/controls.js';
import { Dashboard } from './dashboard.js';
import { keyName } from './key-name.js';
import { layOut } from './layout.js';
import { FIRST_SCREEN, pressKey } from './press-key.js';
import type { ScreenData } from './screen-data.js';
import { screenText } from './screen-text.js';
import { scrollBy } from './scroll.js';
import { SummaryScreen, summaryPage } from './summary-screen.js';

/** Data reaches the screen so often; a key is drawn at once. */
const PULL_MS = 200;
/** How long it is told what a key has led to. */
const MESSAGE_MS = 8_000;

interface AppProps {
  /** What there is to draw now, for a screen of so many columns. It is not called while something is drawn. */
  readonly pull: (columns: number) => ScreenData;
  /** Asks something of the run. */
  readonly control: (control: Control) => void;
  /** The summary has been read. */
  readonly onLeave: () => void;
}

/** The whole screen: the dashboard while the run goes on, then its summary. */
export function App({ pull, control, onLeave }: AppProps): ReactElement {
  const { columns, rows } = useWindowSize();
  const [data, setData] = useState(() => pull(columns));
  const [screen, setScreen] = useState(FIRST_SCREEN);
  const [scroll, setScroll] = useState(0);
  const { live, summary, now } = data;

  useEffect(() => {
    const timer = setInterval(() => setData(pull(columns)), PULL_MS);
    return () => clearInterval(timer);
  }, [pull, columns]);

  const selected = Math.min(screen.selected, Math.max(1, live.slots.length));
  const layout = useMemo(
    () => layOut({ columns, rows, slots: Math.max(1, live.slots.length), selected }),
    [columns, rows, live.slots.length, selected],
  );
  const lines = useMemo(() => summary?.split('\n').map(screenText) ?? null, [summary]);

  useInput((input, key) => {
    const name = keyName(input, key);
    if (lines !== null) {
      const page = summaryPage(rows);
      const next = scrollBy(name, { lines: lines.length, page, first: scroll });
      if (next === null) onLeave();
      else setScroll(next);
      return;
    }
    const pressed = pressKey({ ...screen, selected }, name, { live, layout, now: Date.now() });
    if (pressed.control) control(pressed.control);
    setScreen(pressed.screen);
    // What a control has changed is seen with the key that has asked for it.
    if (pressed.control) setData(pull(columns));
  });

  if (lines !== null) {
    return (
      <Box width="100%" height={rows}>
        <SummaryScreen columns={columns} rows={rows} lines={lines} scroll={scroll} />
      </Box>
    );
  }
  const recent = screen.message !== null && now - screen.message.at < MESSAGE_MS;
  return (
    <Dashboard
      rows={rows}
      layout={layout}
      data={data}
      screen={{ ...screen, selected, message: recent ? screen.message : null }}
    />
  );
}
