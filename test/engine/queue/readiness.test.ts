import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, nextReturn, readyTasks } from '../../../source/engine/queue/readiness.js';
import { decideClaim } from '../../../source/engine/queue/task-changes.js';
import { NOW, queueOf, queues, storedTask } from './stored-tasks.js';

describe('readyTasks', () => {
  it('names those tasks that somebody new could claim, and no other', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const tasks = queueOf(...fields);
        const claimable = [...tasks.keys()].filter(
          (id) => decideClaim(tasks, id, 'new', NOW).answer.kind === 'claimed',
        );
        expect(new Set(readyTasks(tasks, NOW))).toEqual(new Set(claimable));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps a task back while something that is not closed blocks it', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const tasks = queueOf(...fields);
        for (const id of readyTasks(tasks, NOW)) {
          const blockers =
            fields.find((task) => task.id === id)?.dependencies?.filter(({ type }) => type === 'blocks') ??
            [];
          expect(
            blockers.filter((blocker) => tasks.get(blocker.depends_on_id as never)?.status !== 'closed'),
          ).toEqual([]);
        }
      }),
    );
  });

  it('takes a blocker that is not in the queue as open', () => {
    const dependencies = [{ depends_on_id: 'gone-1' }];
    expect(readyTasks(queueOf({ id: 'a-1', dependencies }), NOW)).toEqual([]);
  });

  it('does not let other links hold a task back', () => {
    const dependencies = [{ depends_on_id: 'a-2', type: 'parent-child' }];
    expect(
      readyTasks(queueOf({ id: 'a-1', dependencies }, { id: 'a-2', status: 'in_progress' }), NOW),
    ).toEqual(['a-1']);
  });

  it('is the same until the time that nextReturn tells, and then another', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const open = fields.map((task) => ({ ...task, status: 'open', assignee: '', dependencies: [] }));
        const tasks = queueOf(...open);
        const next = nextReturn(tasks, NOW);
        const ready = readyTasks(tasks, NOW);
        const isEndless = next === Infinity;
        expect(ready.length === tasks.size).toBe(isEndless);
        if (isEndless) return;
        expect(readyTasks(tasks, new Date(next - 1))).toEqual(ready);
        expect(readyTasks(tasks, new Date(next)).length).toBeGreaterThan(ready.length);
      }),
    );
  });
});

describe('inOrder', () => {
  it('goes by priority, then age, then the number of the id', () => {
    const created_at = '2026-01-01T00:00:00Z';
    const tasks = [
      { id: 'a-10', created_at },
      { id: 'a-9', created_at },
      { id: 'a-1', created_at: '2026-01-02T00:00:00Z' },
      { id: 'a-8', created_at: '2026-01-03T00:00:00Z', priority: 0 },
      { id: 'a-7', created_at: '2026-01-01T01:00:00+02:00' },
    ].map(storedTask);
    expect(inOrder(tasks).map((task) => task.id)).toEqual(['a-8', 'a-7', 'a-9', 'a-10', 'a-1']);
  });

  it('does not depend on the order in which tasks come', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const tasks = fields.map(storedTask);
        expect(inOrder(tasks.toReversed())).toEqual(inOrder(tasks));
      }),
    );
  });
});
