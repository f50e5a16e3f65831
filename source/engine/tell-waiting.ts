import type { RunContext } from './run-context.js';
import type { Slot } from './slot-work.js';

/**
 * Tells why a slot has nothing to do for now, unless that has been told and is still so. `shortage` says which disk has too
 * little room, where one has.
 */
export function tellWaiting(context: RunContext, { slot, paused }: Slot, shortage: string | null): void {
  const { events, runtimes } = context;
  const activity = events.state.slots.find((each) => each.slot === slot)?.activity;
  const choice = runtimes.choose(slot);
  const rest = !paused && choice.kind === 'rest' ? choice : null;
  const reason = paused
    ? 'paused'
    : (rest?.health.resting_for ?? (shortage === null ? 'nothing_ready' : 'disk'));
  const until = rest ? new Date(rest.health.resting_until ?? 0).toISOString() : null;
  if (activity?.kind === 'waiting' && activity.reason === reason && activity.until === until) return;
  const waitsForDisk = reason === 'disk' ? (shortage ?? '') : '';
  const detail = rest ? `${rest.runtime}: ${rest.health.resting_reason}` : waitsForDisk;
  events.note({ type: 'slot.waiting', slot, reason, detail, until });
}
