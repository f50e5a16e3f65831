import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTask } from '../../source/engine/change-state.js';
import type { TaskId } from '../../source/engine/ids.js';
import { attemptEndSchema, fateSchema, isRuntimeFault } from '../../source/engine/outcome.js';
import { readyTasks } from '../../source/engine/queue/readiness.js';
import { EMPTY_STATE } from '../../source/engine/reduce.js';
import { candidates } from '../../source/engine/schedule.js';
import type { RunState, TaskState } from '../../source/engine/state.js';
import { NOW, queueOf, queues, taskId } from './queue/stored-tasks.js';

type Fields = Readonly<Record<string, unknown>>;

/** The ids that a slot may take from a queue with these tasks, when the run has met some of them so. */
function taken(
  tasks: readonly Fields[],
  met: Readonly<Record<string, Partial<TaskState>>> = {},
  away: readonly TaskId[] = [],
  wishes: Readonly<Record<string, 'skip' | 'retry'>> = {},
): string[] {
  const stored = queueOf(...tasks);
  const listing = { tasks: stored, ready: readyTasks(stored, NOW), left_out: [] };
  const wished = new Map(Object.entries(wishes).map(([id, wish]) => [taskId(id), wish] as const));
  const facts = { listing, tasks: stateOf(met), wishes: wished, taken: new Set(away), epic: null };
  return candidates(facts).map((task) => task.id);
}

function stateOf(met: Readonly<Record<string, Partial<TaskState>>>): RunState['tasks'] {
  return Object.entries(met).reduce(
    (state, [id, task]) => withTask(state, taskId(id), () => task),
    EMPTY_STATE,
  ).tasks;
}

const blocked = { id: 'a-2', dependencies: [{ depends_on_id: 'a-1', type: 'blocks' }] };

describe('wishes of the user', () => {
  it('leave a task alone, ready or not tried before', () => {
    expect(taken([{ id: 'a-1' }, { id: 'a-2' }], {}, [], { 'a-1': 'skip' })).toEqual(['a-2']);
  });

  it('bring a task back that has failed, was aborted or skipped, and no other', () => {
    const retried = (task: Partial<TaskState>, fields: Fields = {}): string[] =>
      taken([{ id: 'a-1', ...fields }], { 'a-1': task }, [], { 'a-1': 'retry' });
    expect(retried({ fate: 'failed', end: 'gate_red' }, { labels: ['hew-failed'] })).toEqual(['a-1']);
    expect(retried({ fate: 'open again', end: 'aborted' })).toEqual(['a-1']);
    expect(retried({ fate: 'merged', end: 'merged' })).toEqual([]);
    expect(retried({ fate: 'conflicted', end: 'conflict' })).toEqual([]);
    expect(retried({ fate: null, worker: 2 })).toEqual([]);
    expect(retried({ fate: 'failed' }, { labels: ['merge-conflict'] })).toEqual([]);
  });
});

describe('candidates', () => {
  it('are what the queue calls ready, in its order', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        expect(taken(fields)).toEqual(readyTasks(queueOf(...fields), NOW));
      }),
    );
  });

  it.each<readonly [string, Fields]>([
    ['an epic', { issue_type: 'epic' }],
    ['a gate', { issue_type: 'gate' }],
    ['pinned', { pinned: true }],
    ['a conflict’s bug', { labels: ['merge-conflict'], issue_type: 'bug' }],
    ['one that has failed', { labels: ['other', 'hew-failed'] }],
  ])('leave out %s', (_, fields) => {
    expect(taken([{ id: 'a-1', ...fields }, { id: 'a-2' }])).toEqual(['a-2']);
  });

  it('leave out what a slot is about to claim and what was claimed by somebody else', () => {
    expect(taken([{ id: 'a-1' }, { id: 'a-2' }, { id: 'a-3' }], {}, [taskId('a-1'), taskId('a-3')])).toEqual([
      'a-2',
    ]);
  });

  it('leave out what has come to its end in this run, but for what the runtime alone has spoiled', () => {
    for (const fate of fateSchema.options) {
      for (const end of attemptEndSchema.options) {
        const again = fate === 'open again' && isRuntimeFault(end);
        expect(taken([{ id: 'a-1' }], { 'a-1': { fate, end } })).toEqual(again ? ['a-1'] : []);
      }
    }
  });

  it('leave out what a worker has', () => {
    expect(taken([{ id: 'a-1' }], { 'a-1': { worker: 3 } })).toEqual([]);
  });

  it('wait for the merge of a blocker that this run has touched, however closed it is in the queue', () => {
    const tasks = [{ id: 'a-1', status: 'closed' }, blocked];
    expect(taken(tasks)).toEqual(['a-2']);
    expect(taken(tasks, { 'a-1': { worker: 0, fate: null } })).toEqual([]);
    for (const fate of fateSchema.options) {
      const isIn = fate === 'merged' || fate === 'empty';
      expect(taken(tasks, { 'a-1': { fate } })).toEqual(isIn ? ['a-2'] : []);
    }
  });

  it('do not wait for a touched task that is only related', () => {
    const related = { id: 'a-2', dependencies: [{ depends_on_id: 'a-1', type: 'related' }] };
    expect(taken([{ id: 'a-1', status: 'closed' }, related], { 'a-1': { worker: 0 } })).toEqual(['a-2']);
  });

  it('are never more than what is ready, and never a task twice, whatever the run has met', () => {
    const some = fc.dictionary(
      fc.integer({ min: 1, max: 9 }).map((number) => `t-${number}`),
      fc.record({
        worker: fc.option(fc.nat(3)),
        fate: fc.option(fc.constantFrom(...fateSchema.options)),
        end: fc.option(fc.constantFrom(...attemptEndSchema.options)),
      }),
    );
    fc.assert(
      fc.property(queues, some, (fields, met) => {
        const found = taken(fields, met);
        const ready = readyTasks(queueOf(...fields), NOW).map(String);
        expect(ready.filter((id) => found.includes(id))).toEqual(found);
      }),
    );
  });
});
