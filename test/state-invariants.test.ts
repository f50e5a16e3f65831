import { describe, expect, it } from 'vitest';
import type { RunState, SlotState, TaskState, WorkerState } from '../source/engine/state.js';
import { attempt, exampleState, started, worker } from './example-run.js';
import { checkInvariants } from './state-invariants.js';

const [claimed, begun] = attempt('app-7', { worker: 0, end: 'merged', fate: 'merged' });
const [otherClaimed, otherBegun] = attempt('app-9', { worker: 1, end: 'merged', fate: 'merged' });
/** Two slots of four at work. */
const STATE = exampleState([started(), worker(0), worker(1), claimed!, begun!, otherClaimed!, otherBegun!]);

function withTask(change: Partial<TaskState>): RunState {
  const [task] = STATE.tasks.values();
  return { ...STATE, tasks: new Map(STATE.tasks).set(task!.id, { ...task!, ...change }) };
}

function withWorker(change: Partial<WorkerState>): RunState {
  return { ...STATE, workers: new Map(STATE.workers).set(0, { ...STATE.workers.get(0)!, ...change }) };
}

function withSlot(change: Partial<SlotState>): RunState {
  return { ...STATE, slots: STATE.slots.map((slot) => (slot.slot === 1 ? { ...slot, ...change } : slot)) };
}

describe('checkInvariants', () => {
  it('finds nothing wrong with a sound state', () => {
    expect(checkInvariants(STATE)).toEqual([]);
  });

  it.each<readonly [string, RunState]>([
    ['is in two slots', withSlot({ activity: STATE.slots[1]!.activity })],
    ['worker 1 is in two slots', withSlot({ worker: 1 })],
    ['which is not its own', withSlot({ worker: 1 })],
    ['has the parked worker 0', withWorker({ place: 'parked' })],
    ['is parked for nothing', withWorker({ place: 'parked' })],
    ['which worker 3 has claimed', withTask({ worker: 3 })],
    ['is not known', withTask({ worker: 3 })],
    ['worker 1 has claimed app-7 and app-9', withTask({ worker: 1 })],
    ['whose fate is merged', withTask({ fate: 'merged' })],
    ['is merged and still claimed', withTask({ fate: 'merged' })],
    ['its claim was given back', withTask({ fate: 'conflicted', end: 'conflict', worker: null })],
    ['is merged without a cause', withTask({ fate: 'merged', worker: null })],
    ['is failed without a cause', withTask({ fate: 'failed', end: 'gate_red', counted: 1, tries: 2 })],
    ['is stranded without a cause', withTask({ fate: 'stranded' })],
    [
      'is to be given back and still held',
      withTask({ return_refused: { note: '', failed: false, offered: false, message: 'no' } }),
    ],
    ['is closed and refused', withTask({ closed: true, close_refused: 'no' })],
    ['2 attempts of 1', withTask({ counted: 2 })],
    ['2 faults in 1', withTask({ faults: 2 })],
    ['input tokens', { ...STATE, tokens: { ...STATE.tokens, input: 1 } }],
    ['the workers cost 2, the run 0', withWorker({ cost_usd: 2 })],
    ['whether a cost is unknown', withTask({ cost_unknown: true })],
    ['1 iterations are under way, 2 slots work', { ...STATE, finished_iterations: 1 }],
    ['the workers began 3 iterations, the run 2', withWorker({ iterations: 2 })],
    ['the tasks had 5 tries', withTask({ tries: 4 })],
    ['closed 4 in 1 iterations', withWorker({ closed: 4 })],
    ['1 ended well', withTask({ end: 'merged' })],
    ['were busy for 9 ms', withWorker({ busy_ms: 9 })],
    [
      'works in a finished run',
      {
        ...STATE,
        finished: { at: STATE.updated_at ?? '', stop_reason: 'max_iter', exit_code: 0, tasks_left: 0 },
      },
    ],
    ['slots 1 2 3 4 for 5 jobs', { ...STATE, run: { ...STATE.run!, jobs: 5 } }],
    ['slot 4 of 3 is removed: false', { ...STATE, run: { ...STATE.run!, jobs: 3 } }],
    ['slot 1 of 4 is removed: true', withSlot({ removed: true })],
    ['slot 1 is removed and paused', withSlot({ removed: true, paused: true })],
    [
      '2 iterations were begun of 1',
      { ...STATE, run: { ...STATE.run!, limits: { ...STATE.run!.limits, max_iter: 1 } } },
    ],
  ])('tells a state where something %s', (problem, state) => {
    expect(checkInvariants(state).join('\n')).toContain(problem);
  });
});
