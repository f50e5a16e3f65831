import type { Control } from '../engine/controls.js';
import type { Layout } from './layout.js';
import { iterationsOf } from './iterations-of.js';
import { unknownKeyText } from './key-name.js';
import type { ListState } from './list-state.js';
import { DIRECTIONS, neighbour, slotBeside } from './neighbour.js';
import { type Leaving, type LeavingDialog, pressLeavingKey } from './press-leaving-key.js';
import { beginRaising, type LimitDraft, pressLimitKey, type TypedLimit } from './press-limit-key.js';
import { beginNote, type NoteDraft, pressNoteKey } from './press-note-key.js';
import { pressReadingKey } from './press-reading-key.js';
import { answerQuestion, drain, pressSteeringKey } from './press-steering-key.js';
import type { ReadingCommand } from './reading-command.js';
import type { ScreenData } from './screen-data.js';
import type { Question, Steered } from './steered.js';
import { answerVisit, beginVisit } from './press-visit-key.js';
import type { Visit, VisitPort } from './visit.js';
import { type TypedDigit, typedSlot } from './typed-slot.js';

/** What the keys have made of the screen. */
export interface ScreenState {
  readonly selected: number;
  readonly dialog: 'none' | 'help' | 'visit' | LeavingDialog | Question;
  /** Abortion was asked for by a key. */
  readonly aborting: boolean;
  /** What the last key has led to, or why it has not; null when there is nothing to say. */
  readonly message: { readonly text: string; readonly at: number } | null;
  readonly digit: TypedDigit | null;
  /** The selected slot is read in full; `typing` is what is to be searched, while that is typed. Null on the dashboard. */
  readonly focus: { readonly typing: string | null } | null;
  /** What is being typed for a task's next prompt; null while nothing is. */
  readonly note: NoteDraft | null;
  /** The limit that a higher value is typed for; null while none is. */
  readonly raising: LimitDraft | null;
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
  note: null,
  raising: null,
  list: null,
};

/** What a key is pressed upon. `now` is in milliseconds since 1970. */
export interface KeyFacts extends Pick<ScreenData, 'live'>, Pick<VisitPort, 'hasEditor'> {
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
  /** How the screen is left; null while it stays. */
  readonly leave: Leaving | null;
  /** A program that is to be opened in a worktree. */
  readonly visit: Visit | null;
}

/** What a key does while the run goes on. A key that cannot be used says why. Pure. */
export function pressKey(before: ScreenState, key: string, facts: KeyFacts): Pressed {
  // A slot that is gone is not selected any more, unless it is read.
  const last = before.focus === null ? Math.max(1, facts.live.slots.length) : before.selected;
  const screen = { ...before, selected: Math.min(before.selected, last), message: null, digit: null };
  if (key === 'ctrl-c') return interrupt(before, screen, facts);
  if (before.dialog === 'help') return only({ ...screen, dialog: 'none' });
  if (isLeaving(before.dialog)) return answerLeaving(before.dialog, screen, key, facts);
  if (before.dialog === 'visit') return answerVisitOf(screen, key, facts);
  if (typeof before.dialog === 'object') return answerOf(before.dialog, screen, key, facts);
  if (before.note !== null) return noted(screen, pressNoteKey(facts.live.state, before.note, key), facts);
  if (before.raising !== null)
    return limited(screen, pressLimitKey(facts.live.state, before.raising, key), facts);
  if (screen.focus !== null) {
    const read = pressReadingKey(screen.focus, key, facts.searching);
    if (read !== null) return { ...only({ ...screen, focus: read.focus }), reading: read.command };
  }
  const pressed = pressCommonKey(before, screen, key, facts);
  const { selected, focus } = pressed.screen;
  if (focus === null || selected === before.selected) return pressed;
  return { ...pressed, reading: { type: 'open', slot: selected } };
}

/** A key that means the same on the dashboard and over what is read. */
function pressCommonKey(before: ScreenState, screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  const steered = pressSteeringKey(facts.live.state, screen.selected, key);
  if (steered !== null) return steer(screen, steered, facts);
  switch (key) {
    case 'tab':
    case 'shift-tab':
      return only({
        ...screen,
        selected: slotBeside(screen.selected, key === 'tab' ? 1 : -1, facts.live.slots.length),
      });
    case 'e':
      return visited(screen, beginVisit(facts.live.state, screen.selected, facts.hasEditor), facts);
    case 'q':
      return only(facts.attached ? { ...screen, dialog: 'leave' } : askToEnd(screen, 'quit', facts));
    case 'a':
      return only(askToEnd(screen, 'abort', facts));
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
  if (key === 'n') return noted(screen, beginNote(facts.live.state, screen.selected), facts);
  if (key === 'b') return limited(screen, beginRaising(facts.live.state), facts);
  return only(unknownKey(screen, key, facts));
}

function enter(screen: ScreenState, facts: KeyFacts): Pressed {
  const { selected: slot } = screen;
  if (iterationsOf(facts.live.state, slot).length === 0) {
    return only(say(screen, `slot ${slot} has begun no iteration yet: there is nothing to read`, facts));
  }
  return { ...only({ ...screen, focus: { typing: null } }), reading: { type: 'open', slot } };
}

function only(screen: ScreenState): Pressed {
  return { screen, controls: [], reading: null, leave: null, visit: null };
}

function say(screen: ScreenState, text: string, { now }: KeyFacts): ScreenState {
  return { ...screen, message: { text, at: now } };
}

function steer(screen: ScreenState, steered: Steered, facts: KeyFacts): Pressed {
  if (screen.aborting) return only(say(screen, 'the run is being aborted', facts));
  if (steered.kind === 'ask') return only({ ...screen, dialog: steered.question });
  return { ...only(say(screen, steered.text, facts)), controls: steered.controls };
}

function noted(screen: ScreenState, note: NoteDraft | Steered, facts: KeyFacts): Pressed {
  return 'kind' in note ? steer({ ...screen, note: null }, note, facts) : only({ ...screen, note });
}

function visited(screen: ScreenState, begun: 'ask' | Visit | Steered, facts: KeyFacts): Pressed {
  if (begun === 'ask') return only({ ...screen, dialog: 'visit' });
  return 'kind' in begun ? steer(screen, begun, facts) : { ...only(screen), visit: begun };
}

function answerVisitOf(screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  const answered = answerVisit(facts.live.state, screen.selected, key);
  if (answered === null) return only(say(screen, 'e opens the editor, s a shell, Esc goes back', facts));
  const closed = { ...screen, dialog: 'none' as const };
  return answered === 'taken back' ? only(closed) : visited(closed, answered, facts);
}

function limited(screen: ScreenState, typed: TypedLimit | Steered, facts: KeyFacts): Pressed {
  if ('kind' in typed) return steer({ ...screen, raising: null }, typed, facts);
  const next = { ...screen, raising: typed.draft };
  return only(typed.message === null ? next : say(next, typed.message, facts));
}

function answerOf(question: Question, screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  const answered = answerQuestion(facts.live.state, question, key);
  if (answered === null) return only(say(screen, 'y does it, Esc goes back', facts));
  const closed = { ...screen, dialog: 'none' as const };
  return answered === 'taken back' ? only(closed) : steer(closed, answered, facts);
}

function unknownKey(screen: ScreenState, key: string, facts: KeyFacts): ScreenState {
  return say(screen, unknownKeyText(key), facts);
}

function select(before: ScreenState, screen: ScreenState, key: string, facts: KeyFacts): ScreenState {
  const count = facts.live.slots.length;
  const { number, digit } = typedSlot(before.digit, key, { count, now: facts.now });
  if (number < 1 || number > count) {
    return say(screen, `there is no slot ${number}: there are ${count}`, facts);
  }
  return { ...screen, selected: number, digit };
}

/** Says that the run is being aborted, and where the agents are this process's what another Ctrl-C does. */
function sayAborting(screen: ScreenState, text: string, facts: KeyFacts): ScreenState {
  const hurry = facts.attached ? '' : '; Ctrl-C ends what still works and leaves without waiting';
  return say(screen, `${text}${hurry}`, facts);
}

/** Opens a dialog that ends the run, unless it is being ended. */
function askToEnd(screen: ScreenState, dialog: 'abort' | 'quit', facts: KeyFacts): ScreenState {
  if (isAborting(screen, facts)) return sayAborting(screen, 'the run is being aborted', facts);
  return { ...screen, dialog };
}

function isAborting(screen: ScreenState, { live }: KeyFacts): boolean {
  return screen.aborting || live.state.stopping === 'cancelled';
}

/** Ctrl-C asks first, then aborts, then leaves without waiting; a run that goes on elsewhere is only left. */
function interrupt(before: ScreenState, screen: ScreenState, facts: KeyFacts): Pressed {
  const { dialog } = before;
  if (isLeaving(dialog)) return answerLeaving(dialog, screen, 'ctrl-c', facts);
  if (facts.attached) return only({ ...screen, dialog: 'leave' });
  if (screen.aborting) return { ...only(screen), leave: 'at_once' };
  // Who has not aborted it here may not know yet that it ends.
  return only({ ...askToEnd(screen, 'quit', facts), aborting: isAborting(screen, facts) });
}

function isLeaving(dialog: ScreenState['dialog']): dialog is LeavingDialog {
  return dialog === 'abort' || dialog === 'quit' || dialog === 'leave';
}

function answerLeaving(dialog: LeavingDialog, screen: ScreenState, key: string, facts: KeyFacts): Pressed {
  const answer = pressLeavingKey(dialog, key);
  if (typeof answer === 'object') return only(say(screen, answer.choices, facts));
  const closed = { ...screen, dialog: 'none' as const };
  switch (answer) {
    case 'stay':
      return only(closed);
    case 'detach':
      return { ...only(screen), leave: 'left' };
    case 'drain':
      return steer(closed, drain(facts.live.state), facts);
    case 'abort': {
      const aborting = { ...closed, aborting: true };
      const said = sayAborting(aborting, 'agents are being ended, their tasks go back to the queue', facts);
      return { ...only(said), controls: [{ type: 'abortRun' }] };
    }
  }
}
