import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { DurableEvent } from '../../../source/engine/events.js';
import { shaSchema } from '../../../source/engine/ids.js';
import { iterationRecord, readIterationRecord } from '../../../source/engine/run-files/iteration-record.js';
import { writeRecord } from '../../../source/engine/run-files/write-record.js';
import { attempt, type ExampleAttempt, exampleEvents, exampleSha } from '../../example-run.js';
import { temporaryFolder } from '../../temporary-folder.js';

type Of<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>;

function bounds(told: ExampleAttempt): {
  started: Of<'iteration.started'>;
  finished: Of<'iteration.finished'>;
} {
  const events = exampleEvents(attempt('app-7', told));
  const started = events.find((event) => event.type === 'iteration.started')!;
  const finished = events.find((event) => event.type === 'iteration.finished')!;
  return { started, finished };
}

const DETAILS = {
  decisions: ['retry in the transport'],
  deferred: ['docs'],
  tool_calls: ['Read', 'Edit'],
  stderr_tail: 'warning: slow',
  sha: shaSchema.parse(exampleSha('91ac0d3')),
};

describe('iterationRecord', () => {
  it('tells an attempt from its start to its end', () => {
    const { started, finished } = bounds({ worker: 2, end: 'merged', fate: 'merged', tokens: 1000 });
    expect(iterationRecord({ started, finished, details: DETAILS })).toEqual({
      number: 1,
      task_id: 'app-7',
      started_at: started.at,
      ended_at: finished.at,
      outcome: 'closed',
      prompt_prefix_hash: '00f067aa0ba902b7',
      cost: { input: 1000, output: 0, cache_read: 0, cache_create: 0 },
      decisions: ['retry in the transport'],
      deferred: ['docs'],
      tool_calls: ['Read', 'Edit'],
      stderr_tail: 'warning: slow',
      runtime_used: 'claude',
      model: null,
      cooldown_engaged: false,
      end: 'merged',
      reason: null,
      attempt: 1,
      slot: 3,
      worker: 2,
      sha: exampleSha('91ac0d3'),
      salvage: null,
      files: [],
    });
  });

  it('has no end while the attempt runs', () => {
    const { started } = bounds({ end: 'merged', fate: 'merged' });
    expect(iterationRecord({ started, finished: null, details: null })).toMatchObject({
      ended_at: null,
      outcome: null,
      end: null,
      sha: null,
      cooldown_engaged: false,
      decisions: [],
    });
  });

  it.each([
    ['empty', 'closed', false],
    ['gate_red', 'backpressure_fail', false],
    ['conflict', 'no_close', false],
    ['crashed', 'runtime_error', false],
    ['usage_limit', 'runtime_error', true],
  ])('records the end %s as %s', (end, outcome, cooldown_engaged) => {
    const facts = bounds({ end, fate: 'failed', reason: 'so it was' });
    expect(iterationRecord({ ...facts, details: DETAILS })).toMatchObject({
      end,
      outcome,
      cooldown_engaged,
      reason: 'so it was',
    });
  });

  it('is read back, and so is an earlier one', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('iter-001.json');
    const record = iterationRecord({
      ...bounds({ end: 'gate_red', fate: null, salvage: 'refs/x' }),
      details: DETAILS,
    });
    await writeRecord(path, record);
    expect(await readIterationRecord(path)).toEqual(record);
    const cost = { input: 12, output: 3, reasoning: 1 };
    await writeFile(
      path,
      JSON.stringify({ number: 4, task_id: 'app-1', outcome: 'closed', cost, strange: [] }),
    );
    const earlier = await readIterationRecord(path);
    expect(earlier).toMatchObject({
      number: 4,
      outcome: 'closed',
      end: null,
      worker: null,
      tool_calls: null,
    });
    expect(earlier.cost).toEqual({ input: 12, output: 3, cache_read: null, cache_create: null });
    await writeFile(path, JSON.stringify({ number: 4, outcome: 'lost' }));
    await expect(readIterationRecord(path)).rejects.toMatchObject({ path, field: 'outcome' });
  });
});
