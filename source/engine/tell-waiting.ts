import type { RunContext } from './run-context.js';
import { isResting, type RuntimeHealth } from './runtime-health.js';
import type { Slot } from './slot-work.js';

/** Tells why a slot has nothing to do for now, unless that has been told and is still so. */
export function tellWaiting(context: RunContext, { slot, paused }: Slot, health: RuntimeHealth): void {
  const { events, clock } = context;
  const activity = events.state.slots.find((each) => each.slot === slot)?.activity;
  const rests = isResting(health, clock.now().getTime());
  const reason = paused ? 'paused' : rests ? health.resting_for : 'nothing_ready';
  const until = reason !== 'paused' && rests ? new Date(health.resting_until ?? 0).toISOString() : null;
  if (activity?.kind === 'waiting' && activity.reason === reason && activity.until === until) return;
  const detail = reason !== 'paused' && rests ? health.resting_reason : '';
  events.note({ type: 'slot.waiting', slot, reason, detail, until });
}
