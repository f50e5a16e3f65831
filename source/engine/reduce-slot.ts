import { withSlot, withWorker } from './change-state.js';
import type { DurableEvent } from './events.js';
import type { RunState, SlotState } from './state.js';

type SlotEvent = Extract<
  DurableEvent,
  { type: 'slot.paused' | 'slot.resumed' | 'slot.waiting' | 'slot.finished' | 'slots.changed' }
>;

/** A slot that nothing has happened in yet. */
export function newSlot(slot: number): SlotState {
  return {
    slot,
    worker: null,
    paused: false,
    removed: false,
    activity: { kind: 'idle' },
    last: null,
    spans: [],
  };
}

/** What happens to slots beside their iterations. Pure; a part of reduce(). */
export function reduceSlot(state: RunState, event: SlotEvent): RunState {
  switch (event.type) {
    case 'slot.paused':
      return withSlot(state, event.slot, () => ({ paused: true }));
    case 'slot.resumed':
      return withSlot(state, event.slot, () => ({ paused: false }));
    case 'slot.waiting': {
      const { reason, detail, until } = event;
      return withSlot(state, event.slot, () => ({
        activity: { kind: 'waiting', reason, detail, since: event.at, until },
      }));
    }
    case 'slot.finished': {
      const { stop_reason } = event;
      const changed = withSlot(state, event.slot, () => ({ activity: { kind: 'finished', stop_reason } }));
      return event.worker === null
        ? changed
        : withWorker(changed, event.worker, () => ({ stop_reason, until: event.at }));
    }
    case 'slots.changed':
      return withSlots(state, event.slots);
  }
}

/** The slots up to that number are the run's; those above it are removed, and known for as long as the run. */
function withSlots(state: RunState, count: number): RunState {
  const { run, slots } = state;
  if (!run) return state;
  const more = Array.from({ length: Math.max(0, count - slots.length) }, (_, index) =>
    newSlot(slots.length + index + 1),
  );
  const known = slots.map((slot) => standing(slot, slot.slot > count));
  return { ...state, run: { ...run, jobs: count }, slots: [...known, ...more] };
}

/** What the slot waited for, and that it was paused, is over with its removal. */
function standing(slot: SlotState, removed: boolean): SlotState {
  if (slot.removed === removed) return slot;
  const activity = slot.activity.kind === 'waiting' ? ({ kind: 'idle' } as const) : slot.activity;
  return { ...slot, removed, paused: false, activity };
}
