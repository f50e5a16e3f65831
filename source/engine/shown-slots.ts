import type { SlotState } from './state.js';

/** Whether a slot that was removed has nothing left to finish. Pure. */
export function isGone({ removed, activity }: Pick<SlotState, 'removed' | 'activity'>): boolean {
  return removed && activity.kind !== 'working' && activity.kind !== 'claiming';
}

/** Since when a slot is gone, in milliseconds since 1970; null while it is not. Pure. */
export function goneSince(slot: SlotState): number | null {
  return isGone(slot) ? (slot.spans.at(-1)?.from ?? null) : null;
}

/** The slots from the first to the last one that is not gone, so that they are numbered without a gap. Pure. */
export function shownSlots(slots: readonly SlotState[]): readonly SlotState[] {
  return slots.slice(0, slots.findLastIndex((slot) => !isGone(slot)) + 1);
}
