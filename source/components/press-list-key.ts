import type { WorktreesView } from '../engine/prune/seen-worktrees.js';
import { keepInList, listPage, type ListSize, type ListState, moveInList, openedList } from './list-state.js';
import { type KeyFacts, type Pressed, pressKey, type ScreenState } from './press-key.js';
import { mergeRows } from './merge-rows.js';
import { unknownKeyText } from './key-name.js';
import { pressWorktreesKey, type WorktreesCommand } from './press-worktrees-key.js';

/** What a key is pressed upon when lists may be open, too. */
export interface ListKeyFacts extends KeyFacts {
  /** Null while they are not on the screen. */
  readonly worktrees: WorktreesView | null;
}

/** What a key leads to; `worktrees` is what is asked of those that show them. */
export interface PressedOnList extends Pressed {
  readonly worktrees: WorktreesCommand | null;
}

const LIST_KEYS: ReadonlyMap<string, ListState['kind']> = new Map([
  ['o', 'worktrees'],
  ['t', 'queue'],
  ['m', 'merges'],
]);

/** Keys that mean over a list what they mean over the slots. */
const KEYS_OF_THE_RUN = new Set(['?', 'a', 'P', 'ctrl-c']);

/** What a key does while the run goes on, be the slots on the screen or a list. Pure. */
export function pressListKey(before: ScreenState, key: string, facts: ListKeyFacts): PressedOnList {
  const isAsked = before.dialog !== 'none' || KEYS_OF_THE_RUN.has(key);
  const { list } = before;
  if (isAsked || before.focus !== null || before.note !== null || before.raising !== null)
    return { ...pressKey(before, key, facts), worktrees: null };
  const kind = LIST_KEYS.get(key);
  if (kind !== undefined && (list === null || (list.asked === null && list.kind !== kind)))
    return shown({ ...before, list: openedList(kind) }, null, facts, commandOf(list, kind));
  if (list === null) return { ...pressKey(before, key, facts), worktrees: null };
  return pressInList(before, list, key, facts);
}

function pressInList(before: ScreenState, list: ListState, key: string, facts: ListKeyFacts): PressedOnList {
  const size = listSize(list, facts);
  const place = { ...list, ...keepInList(list, size) };
  if (list.asked === null) {
    const moved = moveInList(key, place, size);
    if (moved !== null) return shown({ ...before, list: { ...list, ...moved } }, null, facts);
    if (key === 'escape' || key === 'q')
      return shown({ ...before, list: null }, null, facts, commandOf(list, null));
  }
  const pressed = list.kind === 'worktrees' ? pressWorktreesKey(place, key, facts.worktrees) : null;
  if (pressed !== null)
    return shown({ ...before, list: pressed.list }, pressed.message, facts, pressed.command);
  return shown(before, unknownKeyText(key) || null, facts);
}

function listSize({ kind }: ListState, { layout, live, worktrees }: ListKeyFacts): ListSize {
  const page = listPage(layout.footer.y + layout.footer.height);
  switch (kind) {
    case 'merges':
      return { page, count: mergeRows(live.state, live.conflicts).length };
    case 'queue':
      return { page, count: live.queue?.entries.length ?? 0 };
    case 'worktrees':
      return { page, count: worktrees?.kind === 'listed' ? worktrees.worktrees.length : 0 };
  }
}

/** Worktrees are only looked at while they are on the screen. */
function commandOf(list: ListState | null, kind: ListState['kind'] | null): WorktreesCommand | null {
  if (kind === 'worktrees') return { type: 'open' };
  return list?.kind === 'worktrees' ? { type: 'leave' } : null;
}

function shown(
  screen: ScreenState,
  message: string | null,
  { now }: ListKeyFacts,
  worktrees: WorktreesCommand | null = null,
): PressedOnList {
  const told = message === null ? null : { text: message, at: now };
  return {
    screen: { ...screen, digit: null, message: told },
    controls: [],
    reading: null,
    leave: null,
    visit: null,
    worktrees,
  };
}
