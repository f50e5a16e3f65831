import { expect, it } from 'vitest';
import { earlierAttempts } from '../../source/engine/earlier-attempts.js';
import { attempt, exampleEvents, started, worker } from '../example-run.js';
import { taskId } from './queue/stored-tasks.js';

it('tells, task by task, what failed or was cut, and nothing of what the runtime or a person has ended', () => {
  const ref = 'refs/hew/salvage/loop-x/w0/1';
  const earlier = earlierAttempts(
    exampleEvents([
      started(),
      worker(0),
      ...attempt('app-1', { end: 'gate_red', fate: null, counted: true, reason: 'red: npm test' }),
      ...attempt('app-1', { attempt: 2, end: 'usage_limit', fate: 'open again', reason: 'limit' }),
      ...attempt('app-1', {
        attempt: 2,
        end: 'interrupted',
        fate: 'open again',
        reason: 'cut',
        salvage: ref,
      }),
      ...attempt('app-2', { end: 'skipped', fate: 'open again' }),
      ...attempt('app-3', { end: 'merged', fate: 'merged' }),
    ]),
  );
  expect([...earlier]).toEqual([
    [
      taskId('app-1'),
      [
        { attempt: 1, how: 'failed', reason: 'red: npm test', files: [], tail: '', salvage: null },
        { attempt: 2, how: 'cut', reason: 'cut', files: [], tail: '', salvage: ref },
      ],
    ],
  ]);
});
