import { expect, test } from 'vitest';
import { AgentInterruption } from '../../../source/engine/agents/agent-interruption.js';

test.each([
  [new AgentInterruption('stalled', 'silent for 10 minutes'), 'stalled', 'silent for 10 minutes'],
  [{ kind: 'iteration_timeout' }, 'iteration_timeout', /--iteration-timeout/],
  [Object.assign(new Error('late'), { name: 'iteration_timeout' }), 'iteration_timeout', 'late'],
  [AbortSignal.abort().reason, 'aborted', /aborted/],
  ['stop', 'aborted', /aborted/],
  [undefined, 'aborted', /aborted/],
])('%s is %s', (reason, kind, message) => {
  const interruption = AgentInterruption.from(reason);
  expect(interruption.kind).toBe(kind);
  expect(interruption.message).toMatch(message);
});
