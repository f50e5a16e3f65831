import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTask } from '../../source/engine/change-state.js';
import type { EngineEvent } from '../../source/engine/events.js';
import { readyTasks } from '../../source/engine/queue/readiness.js';
import { type QueueEntries, queueEntries } from '../../source/engine/queue-entries.js';
import { redactEvent } from '../../source/engine/redact-event.js';
import { makeRedactor } from '../../source/engine/redactor.js';
import { EMPTY_STATE } from '../../source/engine/reduce.js';
import { candidates, type ScheduleFacts } from '../../source/engine/schedule.js';
import { NOW, queueOf, queues, taskId } from './queue/stored-tasks.js';

type Fields = Readonly<Record<string, unknown>>;

function factsOf(tasks: readonly Fields[], more: Partial<ScheduleFacts> = {}): ScheduleFacts {
  const stored = queueOf(...tasks);
  const listing = { tasks: stored, ready: readyTasks(stored, NOW), left_out: [] };
  return { listing, tasks: EMPTY_STATE.tasks, wishes: new Map(), taken: new Set(), epic: null, ...more };
}

/** What is told of each task, in order: `a-1 ready`. */
function told({ entries }: QueueEntries): readonly string[] {
  return entries.map(({ id, place, blockers, why }) => [id, place, ...blockers, why].join(' ').trim());
}

describe('queueEntries', () => {
  it('tells where each task stands, and why', () => {
    const tasks = [
      { id: 'a-1', status: 'closed', closed_at: '2026-01-01T00:00:00.000Z' },
      { id: 'a-2', status: 'closed', closed_at: '2026-02-01T00:00:00.000Z' },
      { id: 'a-3', dependencies: [{ depends_on_id: 'a-4', type: 'blocks' }] },
      { id: 'a-4', priority: 3 },
      { id: 'a-5', priority: 1 },
      { id: 'a-6', status: 'in_progress', assignee: 'ada' },
      { id: 'a-7', issue_type: 'epic' },
      { id: 'a-8', labels: ['hew-failed'] },
      { id: 'a-9', labels: ['merge-conflict'] },
      { id: 'b-1' },
      { id: 'b-2', status: 'deferred' },
      { id: 'b-3' },
    ];
    const state = withTask(EMPTY_STATE, taskId('b-3'), () => ({ fate: 'failed', end: 'gate_red' }));
    const wishes = new Map([[taskId('b-1'), 'skip' as const]]);
    expect(told(queueEntries(factsOf(tasks, { tasks: state.tasks, wishes })))).toEqual([
      'a-5 ready',
      'a-4 ready',
      'a-6 in_work',
      'a-3 blocked a-4',
      'a-7 held of type epic: no work for an agent',
      'a-8 held failed before: it waits for a person',
      'a-9 held a merge conflict: it waits for a person',
      'b-1 held skipped by you',
      'b-2 held it is deferred',
      'b-3 held failed in this run',
      'a-2 done',
      'a-1 done',
    ]);
  });

  it('is blocked by what this run has not merged, closed or not', () => {
    const tasks = [
      { id: 'a-1', status: 'closed' },
      { id: 'a-2', dependencies: [{ depends_on_id: 'a-1', type: 'blocks' }] },
    ];
    const state = withTask(EMPTY_STATE, taskId('a-1'), () => ({ fate: 'conflicted' }));
    expect(told(queueEntries(factsOf(tasks, { tasks: state.tasks })))).toEqual([
      'a-2 blocked a-1',
      'a-1 done',
    ]);
  });

  it('leaves out what is not below the epic', () => {
    const tasks = [{ id: 'e-1', issue_type: 'epic' }, { id: 'e-1.1' }, { id: 'a-1' }];
    expect(told(queueEntries(factsOf(tasks, { epic: 'e-1' })))).toEqual([
      'e-1.1 ready',
      'e-1 held outside of the epic',
      'a-1 held outside of the epic',
    ]);
  });

  it('tells of every task once, and of those that are ready what the scheduler would take', () => {
    fc.assert(
      fc.property(queues, (tasks) => {
        const facts = factsOf(tasks);
        const { entries, unlisted } = queueEntries(facts);
        expect(unlisted).toBe(0);
        expect(entries.map(({ id }) => id).sort()).toEqual(tasks.map(({ id }) => id).sort());
        const ready = entries.filter(({ place }) => place === 'ready').map(({ id }) => id);
        expect(ready).toEqual(candidates(facts).map(({ id }) => id));
      }),
    );
  });

  it('stays small, however long the queue', () => {
    const tasks = Array.from({ length: 7_000 }, (_, index) => ({
      id: `a-${index}`,
      title: 'x'.repeat(1_000),
      status: index < 1_000 ? 'closed' : 'open',
      dependencies: Array.from({ length: 20 }, (__, other) => ({
        depends_on_id: `a-${6_000 + other}`,
        type: 'blocks',
      })),
    }));
    const { entries, unlisted } = queueEntries(factsOf(tasks));
    expect({ told: entries.length, unlisted }).toEqual({ told: 5_500, unlisted: 1_500 });
    expect(JSON.stringify(entries).length).toBeLessThan(2_500_000);
  });
});

it('tells no secret that stands in a title', () => {
  const { entries, unlisted } = queueEntries(factsOf([{ id: 'a-1', title: 'Use hunter2hunter2' }]));
  const event: EngineEvent = {
    v: 1,
    at: NOW.toISOString(),
    type: 'queue.listed',
    entries: [...entries],
    unlisted,
  };
  const redactor = makeRedactor({ SOME_TOKEN: 'hunter2hunter2' });
  expect(JSON.stringify(redactEvent(event, redactor))).not.toContain('hunter2');
});
