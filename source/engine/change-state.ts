import type { TaskId } from './ids.js';
import { NO_TOKENS } from './ports.js';
import type { RunState, SlotState, Spending, TaskState, WorkerState } from './state.js';
import { withEntry } from './with-entry.js';

/** Where every sum begins. */
export const NOTHING_SPENT: Spending = { tokens: NO_TOKENS, cost_usd: 0, cost_unknown: false };

/** Changes one slot; slots that do not exist stay so. */
export function withSlot(
  state: RunState,
  slot: number,
  change: (slot: SlotState) => Partial<SlotState>,
): RunState {
  const index = state.slots.findIndex((each) => each.slot === slot);
  const known = state.slots[index];
  return known ? { ...state, slots: state.slots.with(index, { ...known, ...change(known) }) } : state;
}

/** Changes one worker, if it is known. */
export function withWorker(
  state: RunState,
  worker: number,
  change: (worker: WorkerState) => Partial<WorkerState>,
): RunState {
  const known = state.workers.get(worker);
  if (!known) return state;
  return { ...state, workers: withEntry(state.workers, worker, { ...known, ...change(known) }) };
}

/** Changes one task; a task that is met for the first time begins empty. */
export function withTask(
  state: RunState,
  id: TaskId,
  change: (task: TaskState) => Partial<TaskState>,
): RunState {
  const known = state.tasks.get(id) ?? newTask(id);
  return { ...state, tasks: withEntry(state.tasks, id, { ...known, ...change(known) }) };
}

function newTask(id: TaskId): TaskState {
  return {
    ...NOTHING_SPENT,
    id,
    title: id,
    priority: 2,
    worker: null,
    offered_again: false,
    tries: 0,
    counted: 0,
    faults: 0,
    duration_ms: 0,
    fate: null,
    end: null,
    reason: null,
    sha: null,
    closed: false,
    close_refused: null,
    return_refused: null,
    bug: null,
    files: [],
    salvages: [],
  };
}
