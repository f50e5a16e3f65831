import { describe, expect, it } from 'vitest';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { type Notification, notificationsIn } from '../../source/reporters/notification.js';
import { attempt, type ExampleBody, exampleBodies, exampleEvents, started, worker } from '../example-run.js';

function notificationsOf(bodies: readonly ExampleBody[]): readonly Notification[] {
  let before = EMPTY_STATE;
  return exampleEvents(bodies).flatMap((event) => {
    const after = reduce(before, event);
    const notifications = notificationsIn(before, event, after);
    before = after;
    return notifications;
  });
}

const LIMITS = { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null };

describe('notificationsIn', () => {
  it('calls for conflicts and failures, each once, and for the end', () => {
    const notifications = notificationsOf(exampleBodies());
    expect(notifications.map(({ event, task }) => [event, task])).toMatchInlineSnapshot(`
      [
        [
          "task.conflicted",
          "app-16",
        ],
        [
          "task.failed",
          "app-2",
        ],
        [
          "run.finished",
          null,
        ],
      ]
    `);
    expect(notifications.at(-1)?.text).toMatchInlineSnapshot(
      `"ended: nothing is ready any more; 2 merged, 2 left"`,
    );
  });

  it('calls when a limit is near, once for each', () => {
    const bodies = [
      started({ limits: { ...LIMITS, max_iter: 5, budget_wall_ms: 3_600_000 } }),
      worker(0),
      ...['app-1', 'app-2', 'app-3', 'app-4', 'app-5'].flatMap((task) =>
        attempt(task, { worker: 0, end: 'merged', fate: 'merged' }),
      ),
    ];
    const near = notificationsOf(bodies);
    expect(near).toEqual([{ event: 'limit.near', task: null, text: 'iterations: 80% is used' }]);
    const late = { type: 'notice', level: 'info', text: '', at: '2026-11-22T11:10:00.000Z' } as const;
    expect(notificationsOf([...bodies, late, { ...late, at: '2026-11-22T11:11:00.000Z' }])).toEqual([
      ...near,
      { event: 'limit.near', task: null, text: expect.stringMatching(/^time: 9\d% is used$/) },
    ]);
  });

  it('calls for no limit that has stopped the run, and for none where there is none', () => {
    const stopped = [
      started({ limits: { ...LIMITS, budget_wall_ms: 60_000 } }),
      { type: 'run.stopping', reason: 'budget_wall', detail: '', at: '2026-11-22T10:17:00.000Z' },
    ] as const;
    expect(notificationsOf(stopped)).toEqual([]);
    expect(notificationsOf([started(), worker(0)])).toEqual([]);
  });
});
