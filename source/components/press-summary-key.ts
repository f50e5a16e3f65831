import type { TaskId } from '../engine/ids.js';
import { keepInList, type ListPlace, moveInList } from './list-state.js';
import { pressReadingKey } from './press-reading-key.js';
import { screenText } from './screen-text.js';
import { textMatcher } from './text-matcher.js';

/** Where one is in the summary, or in the story of one of its tasks. */
export interface SummaryState {
  readonly place: ListPlace;
  /** The task whose story is read, and where the summary was left for it; null while the summary is read. */
  readonly story: { readonly task: TaskId; readonly from: ListPlace } | null;
  /** What is typed to be searched; null while nothing is. */
  readonly typing: string | null;
  /** What was searched last. */
  readonly search: string | null;
  /** What the last key has led to. */
  readonly message: string | null;
}

const BEGIN: ListPlace = { selected: 0, first: 0 };

/** The summary as it is first seen. */
export const FIRST_SUMMARY: SummaryState = {
  place: BEGIN,
  story: null,
  typing: null,
  search: null,
  message: null,
};

/** What a key is pressed upon. */
export interface SummaryFacts {
  /** The lines that are read: the summary's, or the story's. */
  readonly lines: readonly string[];
  /** How many of them are on the screen at once. */
  readonly page: number;
  /** The run's tasks. */
  readonly tasks: ReadonlyMap<string, { readonly id: TaskId }>;
}

/** What a key does at the end of a run: where one is after it, or that the screen is left. Pure. */
export function pressSummaryKey(
  before: SummaryState,
  key: string,
  facts: SummaryFacts,
): SummaryState | 'leave' {
  if (key === 'ctrl-c') return 'leave';
  const state = { ...before, message: null };
  const size = { count: facts.lines.length, page: facts.page };
  if (state.typing === null) {
    const moved = moveInList(key, keepInList(state.place, size), size);
    if (moved !== null) return { ...state, place: moved };
    if ((key === 'tab' || key === 'shift-tab') && state.story === null)
      return toTask(state, key === 'tab' ? 1 : -1, facts);
  }
  const pressed = pressReadingKey(state, key, false);
  if (pressed === null) return other(state, key);
  const { focus, command } = pressed;
  if (focus === null) return state.story ? { ...state, story: null, place: state.story.from } : 'leave';
  const typed = { ...state, typing: focus.typing };
  if (command === null) return typed;
  if (command.type === 'search') return find({ ...typed, search: command.text }, 'forwards', true, facts);
  if (command.type === 'again') return find(state, command.direction, false, facts);
  return command.type === 'fold' ? open(state, facts) : other(state, key);
}

function other(state: SummaryState, key: string): SummaryState | 'leave' {
  if (state.story === null) return 'leave';
  const name = screenText(key).slice(0, 20);
  return { ...state, message: `${name} does nothing here: Esc goes back to the summary` };
}

function open(state: SummaryState, { lines, tasks }: SummaryFacts): SummaryState {
  if (state.story !== null) return { ...state, message: 'Esc goes back to the summary' };
  const task = taskIn(lines[state.place.selected] ?? '', tasks);
  if (task === null) return { ...state, message: 'this line names no task: Tab goes to the next that does' };
  return { ...state, story: { task, from: state.place }, place: BEGIN };
}

/** The first task that a line names. */
function taskIn(line: string, tasks: SummaryFacts['tasks']): TaskId | null {
  const words = line.split(/\s+/).map((word) => word.replace(/[:,;.]+$/, ''));
  return words.flatMap((word) => tasks.get(word)?.id ?? [])[0] ?? null;
}

function toTask(state: SummaryState, step: 1 | -1, { lines, page, tasks }: SummaryFacts): SummaryState {
  const { selected } = state.place;
  for (let index = selected + step; index >= 0 && index < lines.length; index += step) {
    if (taskIn(lines[index] ?? '', tasks) === null) continue;
    return {
      ...state,
      place: keepInList({ ...state.place, selected: index }, { count: lines.length, page }),
    };
  }
  return { ...state, message: step === 1 ? 'no line below names a task' : 'no line above names a task' };
}

/** Goes to the next line that holds the text, around the end where need be; `isNew` looks at the cursor's line as well. */
function find(
  state: SummaryState,
  direction: 'forwards' | 'backwards',
  isNew: boolean,
  { lines, page }: SummaryFacts,
): SummaryState {
  const { search, place } = state;
  if (search === null) return { ...state, message: 'nothing was searched yet: / searches' };
  const holds = textMatcher(search);
  const step = direction === 'forwards' ? 1 : -1;
  const count = lines.length;
  for (let tried = isNew ? 0 : 1; tried <= count; tried += 1) {
    const index = place.selected + step * tried;
    const line = lines[(index + count) % count] ?? '';
    if (!holds(line)) continue;
    const beyond = direction === 'forwards' ? 'found from the beginning on' : 'found from the end back';
    const selected = (index + count) % count;
    const isBeyond = index < 0 || index >= count;
    return {
      ...state,
      place: keepInList({ ...place, selected }, { count, page }),
      message: isBeyond ? beyond : null,
    };
  }
  return { ...state, message: `${search} is nowhere here` };
}
