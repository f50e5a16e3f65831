import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../source/engine/ids.js';
import { QueueError } from '../../../source/engine/ports.js';
import { blockingCycle } from '../../../source/engine/queue/blocking-cycle.js';
import {
  addBlocker,
  decideClaim,
  decideClose,
  releaseFields,
  removeBlocker,
  reopenFields,
  updateFields,
} from '../../../source/engine/queue/task-changes.js';
import { NOW, queueOf, queues, storedTask, taskId } from './stored-tasks.js';

const A1 = taskId('a-1');
const A2 = taskId('a-2');
const blockedBy = (...ids: readonly string[]): unknown =>
  ids.map((depends_on_id) => ({ depends_on_id, type: 'blocks' }));

function claim(fields: object): unknown {
  return decideClaim(queueOf({ id: 'a-1', ...fields }), A1, 'me', NOW);
}

describe('decideClaim', () => {
  it('gives an open task to who asks', () => {
    expect(claim({})).toEqual({
      answer: { kind: 'claimed' },
      fields: { status: 'in_progress', assignee: 'me' },
    });
  });

  it('gives the holder the task again without changing anything', () => {
    expect(claim({ status: 'in_progress', assignee: 'me' })).toEqual({
      answer: { kind: 'claimed' },
      fields: null,
    });
  });

  it.each([
    [{ status: 'in_progress', assignee: 'you' }, 'you'],
    [{ status: 'open', assignee: 'you' }, 'you'],
    [{ status: 'closed', assignee: 'me' }, 'closed'],
    [{ status: 'blocked' }, 'blocked'],
    [{ defer_until: '2027-01-01T00:00:00Z' }, 'nobody: deferred until 2027-01-01T00:00:00Z'],
    [{ dependencies: blockedBy('a-9') }, 'nobody: blocked by a-9'],
  ])('is lost for %j to %j', (fields, holder) => {
    expect(claim(fields)).toEqual({ answer: { kind: 'lost', holder }, fields: null });
  });

  it('is lost for a task that is not there', () => {
    expect(decideClaim(queueOf(), A1, 'me', NOW).answer.kind).toBe('lost');
  });
});

describe('decideClose', () => {
  const tasks = queueOf(
    { id: 'a-1', dependencies: blockedBy('a-2', 'a-3') },
    { id: 'a-2' },
    { id: 'a-3', status: 'closed' },
  );
  const close = { reason: 'done', force: false, now: NOW };

  it('is refused while a blocker is open, unless forced', () => {
    expect(decideClose(tasks, A1, close)).toEqual({
      answer: {
        kind: 'refused',
        message: expect.stringMatching(/^a-1 is still blocked by a-2\. /) as unknown,
      },
      fields: null,
    });
    expect(decideClose(tasks, A1, { ...close, force: true }).answer).toEqual({ kind: 'closed' });
  });

  it('says when and why', () => {
    const fields = { status: 'closed', closed_at: NOW.toISOString(), close_reason: 'done' };
    expect(decideClose(tasks, A2, close)).toEqual({ answer: { kind: 'closed' }, fields });
  });

  it('leaves what is closed, and refuses what is not there', () => {
    expect(decideClose(tasks, taskId('a-3'), close)).toEqual({ answer: { kind: 'closed' }, fields: null });
    expect(decideClose(tasks, taskId('a-4'), close).answer.kind).toBe('refused');
  });
});

describe('what is given back, opened or updated', () => {
  it('appends the note and adds the labels', () => {
    const task = storedTask({
      id: 'a-1',
      status: 'in_progress',
      assignee: 'me',
      notes: 'one',
      labels: ['x'],
    });
    expect(releaseFields(task, { note: 'two', labels: ['x', 'hew-failed'] })).toEqual({
      status: 'open',
      assignee: null,
      closed_at: null,
      close_reason: null,
      notes: 'one\ntwo',
      labels: ['x', 'hew-failed'],
    });
  });

  it('opens only what is closed, for somebody when an actor is given', () => {
    const closed = storedTask({ id: 'a-1', status: 'closed', closed_at: '2026-01-01T00:00:00Z' });
    expect(reopenFields(closed, {})).toMatchObject({ status: 'open', assignee: null, closed_at: null });
    expect(reopenFields(closed, { actor: 'me' })).toMatchObject({ status: 'in_progress', assignee: 'me' });
    expect(reopenFields(storedTask({ id: 'a-1' }), { actor: 'me' })).toBeNull();
    expect(reopenFields(storedTask({ id: 'a-1' }), { note: 'n' })).toEqual({ notes: 'n' });
  });

  it('sets what is named', () => {
    const task = storedTask({ id: 'a-1', labels: ['x', 'y'], assignee: 'me', status: 'in_progress' });
    expect(updateFields(task, { priority: 0 })).toEqual({ priority: 0 });
    expect(updateFields(task, { add_labels: ['z', 'x'], remove_labels: ['y'] })).toEqual({
      labels: ['x', 'z'],
    });
    expect(updateFields(task, { status: 'open' })).toEqual({ status: 'open', assignee: null });
    expect(updateFields(task, { status: 'open', assignee: 'you' })).toEqual({
      status: 'open',
      assignee: 'you',
    });
    expect(() => updateFields(task, { status: 'closed' })).toThrow(/hew task close a-1/);
  });
});

type Tasks = ReturnType<typeof queueOf>;

/** The tasks with this dependency as well, or as they are when addBlocker refuses it. */
function blockedAsAllowed(tasks: Tasks, id: TaskId, blocker: TaskId): Tasks {
  const task = tasks.get(id);
  if (!task) return tasks;
  try {
    const { dependencies } = { ...task, ...addBlocker(tasks, id, blocker, NOW) };
    return new Map(tasks).set(id, { ...task, dependencies: dependencies ?? [] });
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    return tasks;
  }
}

describe('addBlocker', () => {
  it('never closes a circle', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pairs, (pairs) => {
        let tasks = queueOf(...[1, 2, 3, 4, 5, 6].map((number) => ({ id: `t-${number}` })));
        for (const [one, other] of pairs)
          tasks = blockedAsAllowed(tasks, taskId(`t-${one}`), taskId(`t-${other}`));
        // Something can always be closed next, until nothing is left.
        for (let left = tasks; left.size > 0;) {
          const free = [...left.values()].filter((task) =>
            task.dependencies.every((each) => !left.has(taskId(each.depends_on_id))),
          );
          expect(free).not.toEqual([]);
          left = new Map([...left].filter(([id]) => !free.some((task) => task.id === id)));
        }
      }),
    );
  });

  it('names the circle that would close', () => {
    const tasks = queueOf(
      { id: 'a-1' },
      { id: 'a-2', dependencies: blockedBy('a-3') },
      { id: 'a-3', dependencies: blockedBy('a-1') },
    );
    expect(() => addBlocker(tasks, A1, A2, NOW)).toThrow(/\(a-1 → a-2 → a-3 → a-1\)/);
  });

  it('finds its way through circles that are there already, and tells the way it went', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const tasks = queueOf(...fields);
        const way = blockingCycle(tasks, 't-1', 't-2') ?? [];
        for (const [index, id] of way.slice(1).entries()) {
          const from = tasks.get(taskId(way[index] ?? ''));
          expect(from?.dependencies).toContainEqual(
            expect.objectContaining({ type: 'blocks', depends_on_id: id }),
          );
        }
        expect(new Set(way).size).toBe(way.length);
      }),
    );
  });

  it('changes nothing for what blocks already, and is undone by removeBlocker', () => {
    const tasks = queueOf(
      { id: 'a-1' },
      { id: 'a-2', dependencies: [{ depends_on_id: 'a-1', type: 'blocks', by: 'x' }] },
    );
    expect(addBlocker(tasks, A2, A1, NOW)).toBeNull();
    const blocked = storedTask({
      id: 'a-2',
      dependencies: [{ depends_on_id: 'a-1' }, { depends_on_id: 'a-1', type: 'related', by: 'x' }],
    });
    expect(removeBlocker(blocked, A1)).toEqual({
      dependencies: [{ issue_id: 'a-2', depends_on_id: 'a-1', type: 'related', by: 'x' }],
    });
    expect(() => removeBlocker(blocked, A2)).toThrow(/a-2 does not block a-2/);
  });

  it('wants both tasks to be there', () => {
    expect(() => addBlocker(queueOf({ id: 'a-1' }), A1, A2, NOW)).toThrow(/no task a-2/);
    expect(() => addBlocker(queueOf({ id: 'a-1' }), A2, A1, NOW)).toThrow(/no task a-2/);
  });
});
