import { Box, useApp, useInput } from 'ink';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import type { Control } from '../engine/controls.js';
import type { WorktreeSource } from '../engine/prune/seen-worktrees.js';
import { Dashboard } from './dashboard.js';
import type { ScreenSize } from './draw-screen.js';
import { FocusScreen, readingRoom } from './focus-screen.js';
import { pressedKeys } from './key-name.js';
import { layOut } from './layout.js';
import { Lists } from './lists.js';
import { FIRST_SCREEN, type ScreenState } from './press-key.js';
import type { Leaving } from './press-leaving-key.js';
import { pressListKey } from './press-list-key.js';
import type { ScreenData } from './screen-data.js';
import { screenText } from './screen-text.js';
import { scrollBy } from './scroll.js';
import { SummaryScreen, summaryPage } from './summary-screen.js';
import { type ReadingPorts, useReading } from './use-reading.js';
import { useTicks } from './use-ticks.js';
import { useWorktrees } from './use-worktrees.js';

/** How long it is told what a key has led to. */
const MESSAGE_MS = 8_000;

interface AppProps extends ScreenSize, ReadingPorts {
  /** What there is to draw now, for a screen of so many columns. It is not called while something is drawn. */
  readonly pull: (columns: number) => ScreenData;
  /** Asks something of the run. */
  readonly control: (control: Control) => void;
  readonly worktrees: WorktreeSource;
  /** The run goes on in another process, so that the screen may be left. */
  readonly attached?: boolean;
  /** The summary has been read, or the screen is left. */
  readonly onLeave: (how: Leaving) => void;
}

/** The whole screen: the dashboard while the run goes on, then its summary. */
export function App(props: AppProps): ReactElement {
  const { columns, rows, pull, control, attached = false, onLeave } = props;
  const [data, setData] = useState(() => pull(columns));
  const [screen, setScreen] = useState(FIRST_SCREEN);
  const [scroll, setScroll] = useState(0);
  // Keys that come in one piece are all pressed before anything is drawn.
  const latest = useRef({ screen: FIRST_SCREEN, scroll: 0 });
  const { live, summary, now } = data;

  const { exit } = useApp();
  const reading = useReading(props, readingRoom({ columns, rows }));
  const worktrees = useWorktrees(props.worktrees);
  const tick = (): void =>
    orElse(exit, () => {
      const pulled = pull(columns);
      setData(pulled);
      reading.poll(pulled.live.state);
    });
  useTicks(tick, data);

  const selected = Math.min(screen.selected, Math.max(1, live.slots.length));
  const layout = useMemo(
    () => layOut({ columns, rows, slots: Math.max(1, live.slots.length), selected }),
    [columns, rows, live.slots.length, selected],
  );
  const lines = useMemo(() => summary?.split('\n').map(screenText) ?? null, [summary]);

  const show = (next: ScreenState): void => {
    latest.current.screen = next;
    setScreen(next);
  };
  const scrollTo = (next: number): void => {
    latest.current.scroll = next;
    setScroll(next);
  };

  const press = (name: string): void => {
    if (lines !== null) {
      const first = latest.current.scroll;
      const next = scrollBy(name, { lines: lines.length, page: summaryPage(rows), first });
      if (next === null) onLeave('left');
      else scrollTo(next);
      return;
    }
    const { live: newest } = pull(columns);
    const searching = typeof reading.latest()?.searching === 'number';
    const seen = { live: newest, worktrees: worktrees.latest() };
    const facts = { ...seen, layout, attached, now: Date.now(), searching };
    const pressed = pressListKey(latest.current.screen, name, facts);
    show(pressed.screen);
    if (pressed.leave) onLeave(pressed.leave);
    if (pressed.reading) reading.act(pressed.reading, newest.state);
    if (pressed.worktrees) worktrees.act(pressed.worktrees);
    if (pressed.controls.length === 0) return;
    for (const each of pressed.controls) control(each);
    // What a control has changed is seen with the key that has asked for it.
    setData(pull(columns));
  };
  useInput((input, key) =>
    orElse(exit, () => pressedKeys(input, key, isTyping(latest.current.screen)).forEach(press)),
  );

  if (lines !== null) {
    return (
      <Box width="100%" height={rows}>
        <SummaryScreen columns={columns} rows={rows} lines={lines} scroll={scroll} />
      </Box>
    );
  }
  const recent = screen.message !== null && now - screen.message.at < MESSAGE_MS;
  const shown = { ...screen, selected, message: recent ? screen.message : null };
  if (screen.focus !== null && reading.view !== null) {
    return <FocusScreen columns={columns} rows={rows} view={reading.view} data={data} screen={shown} />;
  }
  if (screen.list !== null) {
    const seen = { data, worktrees: worktrees.view };
    return <Lists columns={columns} rows={rows} list={screen.list} screen={shown} {...seen} />;
  }
  return <Dashboard rows={rows} layout={layout} data={data} screen={shown} />;
}

/** Whether keys are letters of a text just now. */
function isTyping({ note, focus }: ScreenState): boolean {
  return note !== null || (focus !== null && focus.typing !== null);
}

/** What goes wrong in the screen takes the screen away, not the run. */
function orElse(exit: (error: Error) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    exit(error instanceof Error ? error : new Error(String(error)));
  }
}
