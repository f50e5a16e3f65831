import type { RunState } from '../engine/state.js';
import { stopInWords } from '../reporters/words.js';
import { cannot, type Steered, tell } from './steered.js';

/** Pauses a slot, or takes that back. Pure. */
export function pauseOrResume(state: RunState, number: number): Steered {
  const slot = state.slots.find((each) => each.slot === number);
  const why = whyNot(state);
  if (!slot || why !== null) return cannot('p', why ?? `there is no slot ${number}`);
  if (slot.removed) return cannot('p', `slot ${number} is removed, it takes no further task`);
  if (slot.paused) return tell(`slot ${number} goes on`, [{ type: 'resumeSlot', slot: number }]);
  const busy = slot.activity.kind === 'working' || slot.activity.kind === 'claiming';
  const text = busy
    ? `slot ${number} pauses when its iteration has ended; p again takes that back`
    : `slot ${number} is paused; p again lets it go on`;
  return tell(text, [{ type: 'pauseSlot', slot: number }]);
}

/** Pauses every slot that goes on; where all are paused, lets all go on. Pure. */
export function pauseOrResumeAll(state: RunState): Steered {
  const why = whyNot(state);
  if (why !== null) return cannot('P', why);
  const slots = state.slots.filter(({ removed }) => !removed);
  const going = slots.filter(({ paused }) => !paused);
  if (going.length > 0) {
    const controls = going.map(({ slot }) => ({ type: 'pauseSlot', slot }) as const);
    return tell('all slots pause when their iterations have ended; P again takes that back', controls);
  }
  const controls = slots.map(({ slot }) => ({ type: 'resumeSlot', slot }) as const);
  return tell('all slots go on', controls);
}

/** Why no slot can be paused; null while one can. */
function whyNot({ slots, stopping }: RunState): string | null {
  if (stopping === 'cancelled') return 'the run is being aborted';
  if (stopping) return `the run ends by itself: ${stopInWords(stopping)}`;
  return slots.length > 0 ? null : 'the run has not begun';
}
