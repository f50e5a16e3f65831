import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTask } from '../../source/engine/change-state.js';
import type { TaskId } from '../../source/engine/ids.js';
import { attemptEndSchema, fateSchema, isOutsideFault } from '../../source/engine/outcome.js';
import { readyTasks } from '../../source/engine/queue/readiness.js';
import { EMPTY_STATE } from '../../source/engine/reduce.js';
import { candidates, scopeOf, scopeProblem, tasksLeftIn } from '../../source/engine/schedule.js';
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
        const again = fate === 'open again' && isOutsideFault(end);
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

describe('the scope of an epic', () => {
  const below = (tasks: readonly Fields[], epic: string): string[] => {
    const stored = queueOf(...tasks);
    return [...stored.keys()].filter(scopeOf({ tasks: stored }, epic));
  };
  const child = (id: string, parent: string): Fields => ({
    id,
    dependencies: [{ depends_on_id: parent, type: 'parent-child' }],
  });

  it('holds children, theirs and so on, by links and by dotted ids, and nothing else', () => {
    const tasks = [
      { id: 'a-1', issue_type: 'epic' },
      child('a-2', 'a-1'),
      child('a-3', 'a-2'),
      { id: 'a-1.1' },
      { id: 'a-1.1.4' },
      { id: 'a-3.2' },
      { id: 'a-10' },
      { id: 'a-1.x' },
      child('a-5', 'a-4'),
      { id: 'a-6', dependencies: [{ depends_on_id: 'a-1', type: 'blocks' }] },
    ];
    expect(below(tasks, 'a-1')).toEqual(['a-2', 'a-3', 'a-1.1', 'a-1.1.4', 'a-3.2']);
    expect(below(tasks, 'a-4')).toEqual(['a-5']);
    expect(below(tasks, 'a-9')).toEqual([]);
  });

  it('ends where parents stand in a circle', () => {
    expect(below([child('a-1', 'a-2'), child('a-2', 'a-1'), child('a-3', 'a-1')], 'a-9')).toEqual([]);
    expect(below([child('a-9.1', 'a-2'), child('a-2', 'a-9.1')], 'a-9')).toEqual(['a-9.1', 'a-2']);
    expect(below([child('a-1', 'a-2'), child('a-2', 'a-1'), child('a-3', 'a-1')], 'a-2')).toEqual([
      'a-1',
      'a-2',
      'a-3',
    ]);
  });

  it('holds exactly what reaches the epic over parents, in every queue', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const stored = queueOf(...fields);
        const reached = new Set<string>(['t-1']);
        for (let size = 0; size !== reached.size;) {
          size = reached.size;
          for (const task of stored.values())
            if (task.parent !== null && reached.has(task.parent)) reached.add(task.id);
        }
        const inScope = scopeOf({ tasks: stored }, 't-1');
        const others = [...stored.keys()].filter((id) => id !== 't-1');
        expect(others.filter(inScope)).toEqual(others.filter((id) => reached.has(id)));
      }),
    );
  });

  it('is what candidates and the count of tasks left keep to', () => {
    const stored = queueOf({ id: 'a-1', issue_type: 'epic' }, child('a-2', 'a-1'), { id: 'a-3' });
    const listing = { tasks: stored, ready: readyTasks(stored, NOW), left_out: [] };
    const facts = { listing, tasks: EMPTY_STATE.tasks, wishes: EMPTY_STATE.wishes, taken: new Set<TaskId>() };
    expect(candidates({ ...facts, epic: 'a-1' }).map(({ id }) => id)).toEqual(['a-2']);
    expect(candidates({ ...facts, epic: null }).map(({ id }) => id)).toEqual(['a-2', 'a-3']);
    expect([tasksLeftIn(listing, 'a-1'), tasksLeftIn(listing, null)]).toEqual([1, 2]);
  });

  it('that cannot be kept to is refused with the epics that there are', () => {
    const tasks = queueOf(
      { id: 'a-1', issue_type: 'epic' },
      { id: 'a-2', issue_type: 'epic', status: 'closed' },
    );
    const problem = (epic: string | null, scope: 'ready' | 'epics' = 'epics'): string | null =>
      scopeProblem({ tasks }, { scope, epic });
    expect(problem(null, 'ready')).toBeNull();
    expect(problem('a-1')).toBeNull();
    expect(problem(null)).toBe(
      '--scope epics needs the epic whose tasks are to be done: --epic <id> (open epics: a-1)',
    );
    expect(problem('a-9')).toBe(
      'There is no task a-9 to take the tasks of. Name another with --epic (open epics: a-1)',
    );
    expect(scopeProblem({ tasks: new Map() }, { scope: 'epics', epic: null })).toContain(
      'there is no open epic',
    );
  });
});
