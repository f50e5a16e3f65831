import { NOTHING_SPENT, withSlot, withTask, withWorker } from './change-state.js';
import type { DurableEvent } from './events.js';
import { reduceControl, withoutRetry } from './reduce-control.js';
import { reduceIteration } from './reduce-iteration.js';
import { reduceResumed, withAway } from './reduce-resumed.js';
import { newSlot, reduceSlot } from './reduce-slot.js';
import type { RunState, SlotState, TaskState, WorkerState } from './state.js';
import { isSameSpan, spanOf, withSpan } from './timeline.js';
import { withEntry } from './with-entry.js';
import { withItem } from './with-item.js';

/** A run of which nothing is known yet. */
export const EMPTY_STATE: RunState = {
  ...NOTHING_SPENT,
  run: null,
  slots: [],
  workers: new Map(),
  tasks: new Map(),
  trunk: null,
  history: [],
  started_iterations: 0,
  finished_iterations: 0,
  failures_in_row: 0,
  stopping: null,
  stopping_detail: '',
  landing: { kind: 'not_tried' },
  finished: null,
  updated_at: null,
  away: [],
  foreign_changes: [],
  wishes: new Map(),
  notes: new Map(),
  settled: [],
};

function newWorker(
  known: Pick<WorkerState, 'worker' | 'slot' | 'branch' | 'path' | 'git_dir' | 'place' | 'since'>,
): WorkerState {
  return {
    ...NOTHING_SPENT,
    ...known,
    iterations: 0,
    closed: 0,
    busy_ms: 0,
    runtimes: [],
    stop_reason: null,
    until: null,
    parked: null,
  };
}

/** The state after one more event. Pure; an event that does not fit the state changes only what it can. */
export function reduce(state: RunState, event: DurableEvent): RunState {
  const after = apply(state, event);
  return { ...after, slots: withSpans(state.slots, after.slots, event), updated_at: event.at };
}

/** Tells the time of every slot that has changed; a run that begins has all of its slots idle. */
function withSpans(
  before: readonly SlotState[],
  after: readonly SlotState[],
  { at }: DurableEvent,
): readonly SlotState[] {
  let told = after;
  if (before === after) return told;
  for (let index = 0; index < after.length; index += 1) {
    const slot = after[index];
    if (!slot || slot === before[index]) continue;
    const now = spanOf(slot);
    const last = slot.spans.at(-1);
    if (last && isSameSpan(last, now)) continue;
    const spans = withSpan(slot.spans, now, Date.parse(at));
    if (spans !== slot.spans) told = told.with(index, { ...slot, spans });
  }
  return told;
}

type Return = Extract<DurableEvent, { type: 'task.returned' | 'task.return_refused' }>;

function letGo(task: TaskState, event: Return): Partial<TaskState> {
  const gone = { worker: null, fate: task.fate ?? 'open again' } as const;
  if (event.type === 'task.returned')
    return { ...gone, offered_again: task.offered_again || event.offered, return_refused: null };
  const { note, failed, offered, message } = event;
  return { ...gone, return_refused: { note, failed, offered, message } };
}

function apply(state: RunState, event: DurableEvent): RunState {
  switch (event.type) {
    case 'run.started':
      return {
        ...EMPTY_STATE,
        run: event,
        trunk: event.starting_sha,
        slots: Array.from({ length: event.jobs }, (_, index) => newSlot(index + 1)),
      };
    case 'worker.created': {
      const { worker, slot, branch, path, git_dir } = event;
      const created = newWorker({ worker, slot, branch, path, git_dir, place: 'active', since: event.at });
      const known = { ...state, workers: withEntry(state.workers, worker, created) };
      return withSlot(known, slot, () => ({ worker }));
    }
    case 'slot.planned': {
      const { worker, slot, branch } = event;
      const place = { path: '', git_dir: '', place: 'planned', since: event.at } as const;
      return {
        ...state,
        workers: withEntry(state.workers, worker, newWorker({ worker, slot, branch, ...place })),
      };
    }
    case 'worker.parked': {
      const { task, reason, bug, result } = event;
      const parked = { task, reason, bug, result };
      const changed = withWorker(state, event.worker, () => ({ place: 'parked', parked, until: event.at }));
      const slot = changed.workers.get(event.worker)?.slot;
      return slot === undefined
        ? changed
        : withSlot(changed, slot, (now) => (now.worker === event.worker ? { worker: null } : {}));
    }
    case 'worker.removed':
      return withWorker(state, event.worker, () => ({ place: 'removed' }));
    case 'slot.paused':
    case 'slot.resumed':
    case 'slot.waiting':
    case 'slot.finished':
    case 'slots.changed':
      return reduceSlot(state, event);
    case 'task.claiming':
      return withSlot(state, event.slot, () => ({ activity: { kind: 'claiming', task: event.task } }));
    case 'task.claimed': {
      const { title, priority, worker } = event;
      const claimed = withoutRetry(state, event.task);
      return withTask(claimed, event.task, () => ({
        title,
        priority,
        worker,
        fate: null,
        offered_again: false,
        return_refused: null,
      }));
    }
    case 'task.claim_lost':
      return withSlot(state, event.slot, () => ({ activity: { kind: 'idle' } }));
    case 'iteration.started':
    case 'agent.finished':
    case 'gate.started':
    case 'gate.finished':
    case 'merge.queued':
    case 'merge.started':
    case 'merge.finished':
    case 'task.closing':
    case 'iteration.finished':
      return reduceIteration(state, event);
    case 'foreign.changed':
      return {
        ...state,
        foreign_changes: [...state.foreign_changes, ...event.what.map((what) => `${event.task}: ${what}`)],
      };
    case 'task.closed':
      // With one job no merge has told the commit before.
      return withTask(state, event.task, (now) => ({
        closed: true,
        close_refused: null,
        sha: event.how === 'merged' ? event.sha : now.sha,
      }));
    case 'task.close_refused':
      return withTask(state, event.task, () => ({ close_refused: event.message }));
    case 'task.returned':
    case 'task.return_refused':
      return withTask(state, event.task, (now) => letGo(now, event));
    case 'conflict.filed':
      return withTask(state, event.task, () => ({ bug: event.bug, files: event.files }));
    case 'parked.settled': {
      const settled = { ...state, settled: [...state.settled, { run: event.run, worker: event.worker }] };
      if (event.outcome === 'reopened') {
        // A task that an earlier run had parked is met here for the first time.
        return withTask(state, event.task, (now) => ({
          reason: event.reason,
          fate: now.fate ?? 'conflicted',
        }));
      }
      const changed = withTask(settled, event.task, () => ({ fate: 'merged', sha: event.sha, worker: null }));
      if (event.outcome !== 'merged' || event.sha === null) return changed;
      const { at, run, worker, task, sha } = event;
      const step = { kind: 'merged', at, run, worker, task, sha, files: [] } as const;
      return { ...changed, trunk: sha, history: withItem(changed.history, step) };
    }
    case 'salvage.created':
      return event.task === null
        ? state
        : withTask(state, event.task, (task) => ({ salvages: [...task.salvages, event.ref] }));
    case 'control.received':
      return reduceControl(state, event.control);
    case 'run.resumed':
      return reduceResumed(state, event);
    case 'run.stopping':
      return { ...state, stopping: event.reason, stopping_detail: event.detail };
    case 'land.started':
      return { ...state, landing: { kind: 'started', to: event.to } };
    case 'run.landed':
      return { ...state, landing: { kind: 'landed', how: event.how, from: event.from, to: event.to } };
    case 'land.refused':
      return { ...state, landing: { kind: 'refused', to: event.to, reason: event.reason } };
    case 'run.finished': {
      const { at, stop_reason, exit_code, tasks_left } = event;
      const away = withAway(state.away, event);
      return { ...state, away, finished: { at, stop_reason, exit_code, tasks_left } };
    }
    case 'trunk.checked':
      return event.outcome === 'green' ? { ...state, failures_in_row: 0 } : state;
    case 'trunk.caught_up':
      return {
        ...state,
        trunk: event.sha,
        history: withItem(state.history, { kind: 'caught_up', at: event.at, sha: event.sha }),
      };
    case 'base.checked':
    case 'parked.merging':
    case 'trunk.catching_up':
    case 'trunk.restored':
    case 'notice':
      return state;
  }
}
