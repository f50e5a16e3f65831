import { controlAnswer } from './control-answer.js';
import type { RunContext } from './run-context.js';
import { newLane, type Slot } from './slot-work.js';

/** Gives the run one slot more: the lowest of those that were removed, where there is one. */
export function addSlot({ events }: Pick<RunContext, 'events'>, slots: Slot[]): void {
  if (!controlAnswer(events.state, { type: 'addSlot' }).ok) return;
  const again = slots.find((slot) => slot.removed);
  if (again) again.removed = false;
  else slots.push(newLane(slots.length + 1, null));
  tellChanged({ events }, slots);
}

/** Takes the highest slot from the run: it ends its iteration, and its worker stays until the run's end. */
export function removeSlot({ events }: Pick<RunContext, 'events'>, slots: readonly Slot[]): void {
  if (!controlAnswer(events.state, { type: 'removeSlot' }).ok) return;
  const last = slots.findLast((slot) => !slot.removed);
  if (!last) return;
  last.removed = true;
  last.paused = false;
  // Between two attempts it waits for nothing any more.
  last.resumed.abort();
  tellChanged({ events }, slots);
}

function tellChanged({ events }: Pick<RunContext, 'events'>, slots: readonly Slot[]): void {
  events.note({ type: 'slots.changed', slots: slots.filter(({ removed }) => !removed).length });
}
