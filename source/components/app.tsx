import { Box, useApp, useInput } from 'ink';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import type { Control } from '../engine/controls.js';
import type { WorktreeSource } from '../engine/prune/seen-worktrees.js';
import { Dashboard } from './dashboard.js';
import type { ScreenSize } from './draw-screen.js';
import { FocusScreen, readingRoom } from './focus-screen.js';
import { keysPressed } from './key-name.js';
import { layOut } from './layout.js';
import { Lists } from './lists.js';
import { FIRST_SCREEN, type ScreenState } from './press-key.js';
import type { Leaving } from './press-leaving-key.js';
import { pressListKey } from './press-list-key.js';
import type { ScreenData } from './screen-data.js';
import { SummaryScreen, summaryPage } from './summary-screen.js';
import { type ReadingPorts, useReading } from './use-reading.js';
import { type TellStory, useSummary } from './use-summary.js';
import { useTicks } from './use-ticks.js';
import { useWorktrees } from './use-worktrees.js';
import type { Visit, VisitPort } from './visit.js';

/** How long it is told what a key has led to. */
const MESSAGE_MS = 8_000;

interface AppProps extends ScreenSize, ReadingPorts {
  /** What there is to draw now, for a screen of so many columns. It is not called while something is drawn. */
  readonly pull: (columns: number) => ScreenData;
  /** Asks something of the run. */
  readonly control: (control: Control) => void;
  readonly worktrees: WorktreeSource;
  readonly story: TellStory;
  readonly visits: VisitPort;
  /** The run goes on in another process, so that the screen may be left. */
  readonly attached?: boolean;
  /** The summary has been read, or the screen is left. */
  readonly onLeave: (how: Leaving) => void;
}

/** The whole screen: the dashboard while the run goes on, then its summary. */
export function App(props: AppProps): ReactElement {
  const { columns, rows, pull, control, story, visits, attached = false, onLeave } = props;
  const [data, setData] = useState(() => pull(columns));
  const [screen, setScreen] = useState(FIRST_SCREEN);
  // Keys that come in one piece are all pressed before anything is drawn.
  const latest = useRef(FIRST_SCREEN);
  const { live, now } = data;

  const { exit, suspendTerminal } = useApp();
  const reading = useReading(props, readingRoom({ columns, rows }));
  const worktrees = useWorktrees(props.worktrees);
  const summary = useSummary({ summary: data.summary, columns, tell: story });
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

  const show = (next: ScreenState): void => {
    latest.current = next;
    setScreen(next);
  };

  const visit = (to: Visit): void => {
    visits.open(to, suspendTerminal).then(
      (text) => show({ ...latest.current, message: { text, at: Date.now() } }),
      (error: unknown) => exit(asError(error)),
    );
  };

  const press = (name: string): void => {
    if (summary.lines !== null) {
      const { tasks } = live.state;
      if (!summary.press(name, { page: summaryPage(rows), tasks })) onLeave('left');
      return;
    }
    const { live: newest } = pull(columns);
    const searching = typeof reading.latest()?.searching === 'number';
    const seen = { live: newest, worktrees: worktrees.latest() };
    const { hasEditor } = visits;
    const facts = { ...seen, layout, attached, now: Date.now(), searching, hasEditor };
    const pressed = pressListKey(latest.current, name, facts);
    show(pressed.screen);
    if (pressed.leave) onLeave(pressed.leave);
    if (pressed.visit) visit(pressed.visit);
    if (pressed.reading) reading.act(pressed.reading, newest.state);
    if (pressed.worktrees) worktrees.act(pressed.worktrees);
    if (pressed.controls.length === 0) return;
    for (const each of pressed.controls) control(each);
    // What a control has changed is seen with the key that has asked for it.
    setData(pull(columns));
  };
  // Over the summary no key does harm, so that what comes in one piece need not be taken for a paste.
  const noPaste = (): boolean => summary.lines !== null && !summary.isTyping();
  useInput((input, key) => orElse(exit, () => keysPressed(input, key, noPaste()).forEach(press)));

  if (summary.lines !== null) {
    const { lines, state } = summary;
    return (
      <Box width="100%" height={rows}>
        <SummaryScreen columns={columns} rows={rows} lines={lines} state={state} />
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

/** What goes wrong in the screen takes the screen away, not the run. */
function orElse(exit: (error: Error) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    exit(asError(error));
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
