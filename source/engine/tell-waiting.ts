import type { RunContext } from './run-context.js';
import type { Slot } from './slot-work.js';

/** Tells why a slot has nothing to do for now, unless that has been told and is still so. */
export function tellWaiting(context: RunContext, { slot, paused }: Slot): void {
  const { events, runtimes } = context;
  const activity = events.state.slots.find((each) => each.slot === slot)?.activity;
  const choice = runtimes.choose(slot);
  const rest = !paused && choice.kind === 'rest' ? choice : null;
  const reason = paused ? 'paused' : (rest?.health.resting_for ?? 'nothing_ready');
  const until = rest ? new Date(rest.health.resting_until ?? 0).toISOString() : null;
  if (activity?.kind === 'waiting' && activity.reason === reason && activity.until === until) return;
  const detail = rest ? `${rest.runtime}: ${rest.health.resting_reason}` : '';
  events.note({ type: 'slot.waiting', slot, reason, detail, until });
}
