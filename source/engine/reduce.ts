import { NOTHING_SPENT, withSlot, withTask, withWorker } from './change-state.js';
import type { DurableEvent } from './events.js';
import { reduceIteration } from './reduce-iteration.js';
import type { RunState, WorkerState } from './state.js';

/** A run of which nothing is known yet. */
export const EMPTY_STATE: RunState = {
  ...NOTHING_SPENT,
  run: null,
  slots: [],
  workers: new Map(),
  tasks: new Map(),
  trunk: null,
  started_iterations: 0,
  finished_iterations: 0,
  failures_in_row: 0,
  stopping: null,
  landing: { kind: 'not_tried' },
  finished: null,
  updated_at: null,
  foreign_changes: [],
  settled: [],
};

/** The state after one more event. Pure; an event that does not fit the state changes only what it can. */
export function reduce(state: RunState, event: DurableEvent): RunState {
  return { ...apply(state, event), updated_at: event.at };
}

function apply(state: RunState, event: DurableEvent): RunState {
  switch (event.type) {
    case 'run.started':
      return {
        ...EMPTY_STATE,
        run: event,
        trunk: event.starting_sha,
        slots: Array.from({ length: event.jobs }, (_, index) => ({
          slot: index + 1,
          worker: null,
          paused: false,
          activity: { kind: 'idle' },
          last: null,
        })),
      };
    case 'worker.created': {
      const worker: WorkerState = {
        ...NOTHING_SPENT,
        worker: event.worker,
        slot: event.slot,
        branch: event.branch,
        path: event.path,
        git_dir: event.git_dir,
        iterations: 0,
        closed: 0,
        busy_ms: 0,
        runtimes: [],
        stop_reason: null,
        place: 'active',
        parked: null,
      };
      const known = { ...state, workers: new Map(state.workers).set(event.worker, worker) };
      return withSlot(known, event.slot, () => ({ worker: event.worker }));
    }
    case 'worker.parked': {
      const parked = { task: event.task, reason: event.reason, bug: event.bug };
      const changed = withWorker(state, event.worker, () => ({ place: 'parked', parked }));
      const slot = changed.workers.get(event.worker)?.slot;
      return slot === undefined
        ? changed
        : withSlot(changed, slot, (now) => (now.worker === event.worker ? { worker: null } : {}));
    }
    case 'worker.removed':
      return withWorker(state, event.worker, () => ({ place: 'removed' }));
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
      return event.worker === null ? changed : withWorker(changed, event.worker, () => ({ stop_reason }));
    }
    case 'task.claiming':
      return withSlot(state, event.slot, () => ({ activity: { kind: 'claiming', task: event.task } }));
    case 'task.claimed': {
      const { title, priority, worker } = event;
      return withTask(state, event.task, () => ({ title, priority, worker, fate: null }));
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
      return withTask(state, event.task, () => ({ closed: true, close_refused: null }));
    case 'task.close_refused':
      return withTask(state, event.task, () => ({ close_refused: event.message }));
    case 'task.returned':
      return withTask(state, event.task, () => ({ worker: null }));
    case 'conflict.filed':
      return withTask(state, event.task, () => ({ bug: event.bug, files: event.files }));
    case 'parked.settled': {
      const settled = { ...state, settled: [...state.settled, { run: event.run, worker: event.worker }] };
      if (event.outcome === 'reopened') return withTask(state, event.task, () => ({ reason: event.reason }));
      const changed = withTask(settled, event.task, () => ({ fate: 'merged', sha: event.sha, worker: null }));
      return event.outcome === 'merged' && event.sha ? { ...changed, trunk: event.sha } : changed;
    }
    case 'salvage.created':
      return event.task === null
        ? state
        : withTask(state, event.task, (task) => ({ salvages: [...task.salvages, event.ref] }));
    case 'run.stopping':
      return { ...state, stopping: event.reason };
    case 'land.started':
      return { ...state, landing: { kind: 'started', to: event.to } };
    case 'run.landed':
      return { ...state, landing: { kind: 'landed', how: event.how, from: event.from, to: event.to } };
    case 'land.refused':
      return { ...state, landing: { kind: 'refused', to: event.to, reason: event.reason } };
    case 'run.finished': {
      const { stop_reason, exit_code, tasks_left } = event;
      return { ...state, finished: { stop_reason, exit_code, tasks_left } };
    }
    case 'base.checked':
    case 'trunk.restored':
    case 'control.received':
    case 'notice':
      return state;
  }
}
