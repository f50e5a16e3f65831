import type { Layout } from './layout.js';

/** A direction in which the selection moves. */
export type Direction = 'up' | 'down' | 'left' | 'right';

/** The keys that move the selection: arrows, and the letters that stand for them. */
export const DIRECTIONS: ReadonlyMap<string, Direction> = new Map([
  ['up', 'up'],
  ['k', 'up'],
  ['down', 'down'],
  ['j', 'down'],
  ['left', 'left'],
  ['h', 'left'],
  ['right', 'right'],
  ['l', 'right'],
]);

/** The next slot, or the one before, by its number; after the last one comes the first. Pure. */
export function slotBeside(selected: number, step: 1 | -1, slots: number): number {
  const count = Math.max(1, slots);
  return ((selected - 1 + step + count) % count) + 1;
}

/** The slot next to the selected one in that direction; the selected one where there is none. Pure. */
export function neighbour(layout: Layout, slots: number, selected: number, direction: Direction): number {
  const step = direction === 'down' || direction === 'right' ? 1 : -1;
  const next = Math.min(slots, Math.max(1, selected + step));
  const beside = direction === 'left' || direction === 'right';
  if (layout.mode === 'rows') return beside ? selected : next;
  const from = layout.slots.find(({ slot }) => slot === selected);
  if (!from) return selected;
  if (beside) return layout.slots.some(({ slot, y }) => slot === next && y === from.y) ? next : selected;
  const lines = [...new Set(layout.slots.map(({ y }) => y))];
  const line = lines[lines.indexOf(from.y) + step];
  if (line === undefined) return selected;
  // A pane of the last line may be wider than those above it.
  return layout.slots.findLast(({ x, y }) => y === line && x <= from.x)?.slot ?? selected;
}
