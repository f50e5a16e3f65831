import { addSlot, removeSlot } from './change-slots.js';
import type { SlotControl } from './controls.js';
import type { RunContext } from './run-context.js';
import { SlotInterruption } from './slot-interruption.js';
import type { Slot } from './slot-work.js';

/** Does to the slots what a control asks; what is for tasks alone has changed the state already. */
export function steerSlots(
  { events }: Pick<RunContext, 'events'>,
  slots: Slot[],
  control: SlotControl,
): void {
  switch (control.type) {
    case 'pauseSlot':
    case 'resumeSlot': {
      const slot = slots.find((each) => each.slot === control.slot);
      const pause = control.type === 'pauseSlot';
      if (!slot || slot.removed || slot.paused === pause) return;
      slot.paused = pause;
      if (pause) slot.resumed = new AbortController();
      else slot.resumed.abort();
      events.note({ type: pause ? 'slot.paused' : 'slot.resumed', slot: slot.slot });
      return;
    }
    case 'addSlot':
      addSlot({ events }, slots);
      return;
    case 'removeSlot':
      removeSlot({ events }, slots);
      return;
    case 'abortSlot':
      slots.find((each) => each.slot === control.slot)?.interrupt.abort(new SlotInterruption('aborted'));
      return;
    case 'skipTask':
      slots.find((each) => each.task?.id === control.task)?.interrupt.abort(new SlotInterruption('skipped'));
      return;
    case 'retryTask':
    case 'noteTask':
    case 'raiseLimits':
    case 'visitWorktree':
    case 'drainRun':
      return;
  }
}
