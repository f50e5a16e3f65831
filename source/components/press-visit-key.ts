import type { RunState } from '../engine/state.js';
import { cannot, type Steered } from './steered.js';
import type { Visit } from './visit.js';

/** The key that goes into the slot's worktree: asks for the program where there are two, or says why none can be opened. Pure. */
export function beginVisit(state: RunState, slot: number, hasEditor: boolean): 'ask' | Visit | Steered {
  const visit = visitOf(state, slot, 'shell');
  return hasEditor && 'program' in visit ? 'ask' : visit;
}

/** What a key answers when it was asked for the program. Pure. */
export function answerVisit(
  state: RunState,
  slot: number,
  key: string,
): 'taken back' | Visit | Steered | null {
  switch (key) {
    case 'e':
    case 'enter':
      return visitOf(state, slot, 'editor');
    case 's':
      return visitOf(state, slot, 'shell');
    case 'n':
    case 'q':
    case 'escape':
      return 'taken back';
    default:
      return null;
  }
}

function visitOf(state: RunState, slot: number, program: Visit['program']): Visit | Steered {
  const worker = state.workers.get(state.slots.find((each) => each.slot === slot)?.worker ?? -1);
  if (worker === undefined) return cannot('e', `slot ${slot} has no worktree just now`);
  if (worker.place !== 'active') return cannot('e', `the worktree of slot ${slot} has been removed`);
  return { program, worker: worker.worker, path: worker.path };
}
