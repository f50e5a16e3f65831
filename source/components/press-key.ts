import type { Control } from '../engine/controls.js';
import { stopInWords } from '../reporters/words.js';
import type { Layout } from './layout.js';
import { iterationsOf } from './iterations-of.js';
import type { ListState } from './list-state.js';
import { DIRECTIONS, neighbour } from './neighbour.js';
import { pressReadingKey } from './press-reading-key.js';
import type { ReadingCommand } from './reading-command.js';
import type { ScreenData } from './screen-data.js';
import { screenText } from './screen-text.js';

/** What the keys have made of the screen. */
export interface ScreenState {
  readonly selected: number;
  /** `leave`: what is to become of a run that goes on elsewhere. */
  readonly dialog: 'none' | 'help' | 'abort' | 'leave';
  /** Abortion was asked for by a key. */
  readonly aborting: boolean;
  /** What the last key has led to, or why it has not; null when there is nothing to say. */
  readonly message: { readonly text: string; readonly at: number } | null;
  /** A digit that may be the first of two. */
  readonly digit: { readonly number: number; readonly at: number } | null;
  /** The selected slot is read in full; `typing` is what is to be searched, while that is typed. Null on the dashboard. */
  readonly focus: { readonly typing: string | null } | null;
  /** A list is shown in place of the slots; null while none is. */
  readonly list: ListState | null;
}

/** The screen before any key. */
export const FIRST_SCREEN: ScreenState = {
  selected: 1,
  dialog: 'none',
  aborting: false,
  message: null,
  digit: null,
  focus: null,
  list: null,
};

/** What a key is pressed upon. `now` is in milliseconds since 1970. */
export interface KeyFacts extends Pick<ScreenData, 'live'> {
  readonly layout: Layout;
  /** A search is under way in what is read. */
  readonly searching: boolean;
  /** The run goes on in another process, so that the screen may be left. */
  readonly attached: boolean;
  readonly now: number;
}

/** What a key leads to: another screen, and what is asked of the run and of what is read. */
export interface Pressed {
  readonly screen: ScreenState;
  readonly controls: readonly Control[];
  readonly reading: ReadingCommand | null;
  /** The screen is left, and nothing is asked of the run. */
  readonly detach: boolean;
}

/** How long the second digit of a slot's number may take. */
const SECOND_DIGIT_MS = 1_000;

/** What a key does while the run goes on. A key that cannot be used says why. Pure. */
export function pressKey(before: ScreenState, key: string, facts: KeyFacts): Pressed {
  const screen = { ...before, message: null, digit: null };
  if (facts.attached && (key === 'ctrl-c' || before.dialog === 'leave')) {
    return before.dialog === 'leave' ? answerLeave(screen, key, facts) : only({ ...screen, dialog: 'leave' });
  }
  if (key === 'ctrl-c') {
    return before.dialog === 'abort' ? abort(screen, facts) : only(askToAbort(screen, facts));
  }
  if (before.dialog === 'help') return only({ ...screen, dialog: 'none' });
  if (before.dialog === 'abort') return answer(screen, key, facts);
  if (screen.focus !== null) {
    const read = pressReadingKey(screen.focus, key, facts.searching);
    if (read !== null) {
      return { screen: { ...screen, focus: read.focus }, controls: [], reading: read.command, detach: false };
    }
  }
  const pressed = pressCommonKey(before, screen, key, facts);
  const { selected, focus } = pressed.screen;
  if (focus === null || selected === before.selected) return pressed;
  return { ...pressed, reading: { type: 'open', slot: selected } };
}

/** A key that means the same on the dashboard and over what is read. */
function pressCommonKey(before: ScreenState, screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  switch (key) {
    case 'tab':
    case 'shift-tab':
      return only(cycle(screen, facts, key === 'tab' ? 1 : -1));
    case 'p':
      return pauseOrResume(screen, facts);
    case 'P':
      return pauseOrResumeAll(screen, facts);
    case 'q':
      if (facts.attached) return only({ ...screen, dialog: 'leave' });
      return only(askToAbort(screen, facts));
    case 'a':
      return only(askToAbort(screen, facts));
    case '?':
      return only({ ...screen, dialog: 'help' });
    case 'escape':
    case '':
      return only(screen);
    default:
      if (/^\d+$/.test(key)) return only(select(before, screen, key, facts));
      return screen.focus === null ? pressGridKey(screen, key, facts) : only(unknownKey(screen, key, facts));
  }
}

/** A key that only means something over all slots. */
function pressGridKey(screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  const direction = DIRECTIONS.get(key);
  if (direction !== undefined) {
    const slots = facts.live.slots.length;
    return only({ ...screen, selected: neighbour(facts.layout, slots, screen.selected, direction) });
  }
  if (key === 'enter') return enter(screen, facts);
  return only(unknownKey(screen, key, facts));
}

function enter(screen: ScreenState, facts: KeyFacts): Pressed {
  const { selected: slot } = screen;
  if (iterationsOf(facts.live.state, slot).length === 0) {
    return only(say(screen, `slot ${slot} has begun no iteration yet: there is nothing to read`, facts));
  }
  return {
    screen: { ...screen, focus: { typing: null } },
    controls: [],
    reading: { type: 'open', slot },
    detach: false,
  };
}

function only(screen: ScreenState): Pressed {
  return { screen, controls: [], reading: null, detach: false };
}

function say(screen: ScreenState, text: string, { now }: KeyFacts): ScreenState {
  return { ...screen, message: { text, at: now } };
}

function told(screen: ScreenState, text: string, facts: KeyFacts, controls: readonly Control[]): Pressed {
  return { ...only(say(screen, text, facts)), controls };
}

function unknownKey(screen: ScreenState, key: string, facts: KeyFacts): ScreenState {
  const name = screenText(key).slice(0, 20);
  return say(screen, `${name} does nothing here: ? shows the keys`, facts);
}

function cycle(screen: ScreenState, { live }: KeyFacts, step: number): ScreenState {
  const count = Math.max(1, live.slots.length);
  return { ...screen, selected: ((screen.selected - 1 + step + count) % count) + 1 };
}

/** With more than nine slots two digits that follow each other name one slot. */
function select(before: ScreenState, screen: ScreenState, key: string, facts: KeyFacts): ScreenState {
  const { now, live } = facts;
  const count = live.slots.length;
  const { digit } = before;
  const joined = digit && now - digit.at < SECOND_DIGIT_MS ? Number(`${digit.number}${key}`) : Number(key);
  const number = joined <= count ? joined : Number(key);
  if (number < 1 || number > count) {
    return say(screen, `there is no slot ${number}: there are ${count}`, facts);
  }
  return { ...screen, selected: number, digit: number * 10 <= count ? { number, at: now } : null };
}

/** Why nothing can be asked of the slots any more; null while it can. */
function ending(screen: ScreenState, { live: { state } }: KeyFacts): string | null {
  if (screen.aborting || state.stopping === 'cancelled') return 'the run is being aborted';
  if (state.stopping) return `the run ends by itself: ${stopInWords(state.stopping)}`;
  return null;
}

function pauseOrResume(screen: ScreenState, facts: KeyFacts): Pressed {
  const { selected: slot } = screen;
  const state = facts.live.slots.find((view) => view.state.slot === slot)?.state;
  const why = ending(screen, facts) ?? (state ? null : 'the run has not begun');
  if (!state || why !== null) return only(say(screen, `p cannot be used now: ${why}`, facts));
  if (state.paused) return told(screen, `slot ${slot} goes on`, facts, [{ type: 'resumeSlot', slot }]);
  const busy = state.activity.kind === 'working' || state.activity.kind === 'claiming';
  const text = busy
    ? `slot ${slot} pauses when its iteration has ended; p again takes that back`
    : `slot ${slot} is paused; p again lets it go on`;
  return told(screen, text, facts, [{ type: 'pauseSlot', slot }]);
}

function pauseOrResumeAll(screen: ScreenState, facts: KeyFacts): Pressed {
  const states = facts.live.slots.map(({ state }) => state);
  const why = ending(screen, facts) ?? (states.length > 0 ? null : 'the run has not begun');
  if (why !== null) return only(say(screen, `P cannot be used now: ${why}`, facts));
  const going = states.filter(({ paused }) => !paused);
  if (going.length > 0) {
    const controls = going.map(({ slot }) => ({ type: 'pauseSlot', slot }) as const);
    const text = 'all slots pause when their iterations have ended; P again takes that back';
    return told(screen, text, facts, controls);
  }
  const controls = states.map(({ slot }) => ({ type: 'resumeSlot', slot }) as const);
  return told(screen, 'all slots go on', facts, controls);
}

function askToAbort(screen: ScreenState, facts: KeyFacts): ScreenState {
  if (screen.aborting || facts.live.state.stopping === 'cancelled') {
    return say(screen, 'the run is being aborted: it ends as soon as its agents have ended', facts);
  }
  return { ...screen, dialog: 'abort' };
}

function answer(screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  if (key === 'y' || key === 'Y') return abort(screen, facts);
  if (key === 'n' || key === 'N' || key === 'escape' || key === 'q')
    return only({ ...screen, dialog: 'none' });
  return only(say(screen, 'y aborts the run, n lets it go on', facts));
}

function abort(screen: ScreenState, facts: KeyFacts): Pressed {
  const next = { ...screen, dialog: 'none' as const, aborting: true };
  return told(next, 'agents are being ended, their tasks go back to the queue', facts, [
    { type: 'abortRun' },
  ]);
}

/** Leaving is what cannot hurt, so a second Ctrl-C does that. */
function answerLeave(screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  switch (key) {
    case 'd':
    case 'ctrl-c':
      return { ...only(screen), detach: true };
    case 'f': {
      const next = { ...screen, dialog: 'none' as const };
      return told(next, 'no further iteration begins, those in work finish', facts, [{ type: 'drainRun' }]);
    }
    case 'a':
      return abort(screen, facts);
    case 'n':
    case 'q':
    case 'escape':
      return only({ ...screen, dialog: 'none' });
    default:
      return only(say(screen, 'd leaves the screen, f lets the run finish, a aborts it, n goes back', facts));
  }
}
