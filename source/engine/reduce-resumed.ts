import type { DurableEvent } from './events.js';
import type { RunState, TaskState, WorkerState } from './state.js';

/** The same slots and sums; nothing stops or pauses any more, and what a crash or an abort gave back is on offer again. Pure. */
export function reduceResumed(
  state: RunState,
  event: Extract<DurableEvent, { type: 'run.resumed' }>,
): RunState {
  const { runtime, attempts, limits } = event;
  const offered = [...state.tasks].map(([id, task]) => [id, offerAgain(task)] as const);
  return {
    ...state,
    run: state.run && { ...state.run, runtime, attempts, limits },
    away: withAway(state.away, event),
    workers: new Map([...state.workers].map(([number, worker]) => [number, goesOn(worker)] as const)),
    slots: state.slots.map((slot) => ({ ...slot, paused: false, activity: { kind: 'idle' } })),
    tasks: new Map(offered),
    stopping: null,
    stopping_detail: '',
    landing: { kind: 'not_tried' },
  };
}

/** A worker whose slot had finished works again, unless it is not there any more. */
function goesOn(worker: WorkerState): WorkerState {
  return worker.place === 'active' ? { ...worker, until: null, stop_reason: null } : worker;
}

/** Adds the time in which the run was dead before an event. Pure. */
export function withAway(
  away: RunState['away'],
  { at, away_ms = 0 }: { readonly at: string; readonly away_ms?: number | undefined },
): RunState['away'] {
  if (away_ms === 0) return away;
  // What was cut was settled in no time to speak of: the moment before that is in no event.
  const to = Date.parse(at);
  return [...away, { from: to - away_ms, to }];
}

/** What the user took out of the run, or somebody else took over, stays out of it. */
function offerAgain(task: TaskState): TaskState {
  const out = task.end === 'aborted' || task.end === 'skipped' || task.end === 'claim_lost';
  return task.fate === 'open again' && !out ? { ...task, offered_again: true } : task;
}
