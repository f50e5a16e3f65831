import { describe, expect, it } from 'vitest';
import { LiveView, spendingNow } from '../../source/engine/live-view.js';
import { EMPTY_STATE } from '../../source/engine/reduce.js';
import { exampleConflict, LiveExample } from '../components/live-example.js';
import { exampleSha } from '../example-run.js';
import { taskId } from './queue/stored-tasks.js';

describe('LiveView', () => {
  it('shares what has not changed', () => {
    const run = new LiveExample(3);
    const before = run.view.snapshot();
    expect(run.view.snapshot()).toBe(before);
    run.line(2, 'hello');
    const after = run.view.snapshot();
    expect(after).not.toBe(before);
    expect(after.slots[0]).toBe(before.slots[0]);
    expect(after.slots[1]).not.toBe(before.slots[1]);
    expect(after.slots[2]).toBe(before.slots[2]);
    expect(before.slots[1]?.lines).toEqual([]);
    expect(after.slots[1]?.lines).toEqual([{ kind: 'text', text: 'hello' }]);
    expect(after.slots[1]?.last_output).toBe(Date.parse('2026-11-22T10:29:58.000Z'));
  });

  it('keeps the last lines only, and begins anew with an iteration', () => {
    const run = new LiveExample(1);
    run.begin(1, 'app-1');
    for (let line = 1; line <= 10_000; line += 1) run.line(1, `line ${line}`);
    const lines = run.view.snapshot().slots[0]?.lines ?? [];
    expect(lines.length).toBe(256);
    expect(lines.at(0)?.text).toBe('line 9745');
    expect(lines.at(-1)?.text).toBe('line 10000');
    run.begin(1, 'app-2');
    expect(run.view.snapshot().slots[0]).toMatchObject({ lines: [], last_output: null, usage: null });
  });

  it('names the task of a slot as soon as it is claimed', () => {
    const run = new LiveExample(1);
    expect(run.view.snapshot().slots[0]?.task).toBeNull();
    run.begin(1, 'app-1', 'Add retry');
    expect(run.view.snapshot().slots[0]?.task?.title).toBe('Add retry');
  });

  it('counts what a running agent has used once, whether it runs or has ended', () => {
    const run = new LiveExample(2);
    run.begin(1, 'app-1');
    run.begin(2, 'app-2');
    run.usage(1, 1000, 0.5);
    run.usage(1, 2000, 0.75);
    run.usage(2, 10, null);
    const running = spendingNow(run.view.snapshot());
    expect(running).toMatchObject({ cost_usd: 0.75, cost_unknown: true });
    expect(running.tokens.output).toBe(2010);
    run.tell({
      type: 'agent.finished',
      slot: 1,
      worker: 0,
      task: 'app-1',
      attempt: 1,
      iteration: 1,
      exit_code: 0,
      closing: 'closed',
      tokens: { input: 0, output: 2500, cache_read: 0, cache_create: 0 },
      cost_usd: 0.8,
      model: 'sonnet',
      duration_ms: 1000,
    });
    const ended = spendingNow(run.view.snapshot());
    expect(ended.cost_usd).toBe(0.8);
    expect(ended.tokens.output).toBe(2510);
    expect(run.view.snapshot().slots[0]?.usage?.tokens.output).toBe(2500);
  });

  it('tells each slot with whom its work would conflict, and touches no other', () => {
    const run = new LiveExample(3);
    for (const slot of [1, 2, 3]) run.begin(slot, `app-${slot}`);
    const before = run.view.snapshot();
    const [pair, alone] = [exampleConflict(1, 2, ['a']), exampleConflict(1, null, ['b'])];
    run.conflicting([pair, alone]);
    const after = run.view.snapshot();
    expect(after.conflicts.conflicts).toEqual([pair, alone]);
    expect(after.slots.map(({ conflicts }) => conflicts)).toEqual([[1, 'trunk'], [0], []]);
    expect(after.slots[2]).toBe(before.slots[2]);
    run.conflicting([pair]);
    expect(run.view.snapshot().slots[0]?.conflicts).toEqual([1]);
    expect(run.view.snapshot().slots[1]).toBe(after.slots[1]);
    run.conflicting([]);
    expect(run.view.snapshot().slots.map(({ conflicts }) => conflicts)).toEqual([[], [], []]);
  });

  it('tells that the base is being checked', () => {
    const run = new LiveExample(1);
    expect(run.view.snapshot().checking_base).toBe(false);
    run.tell({ ...run.state.run, type: 'run.started' });
    expect(run.view.snapshot().checking_base).toBe(true);
    const tree = exampleSha('aaaa');
    run.tell({ type: 'base.checked', tree, outcome: 'skipped', duration_ms: 0, tail: '' });
    expect(run.view.snapshot().checking_base).toBe(false);
  });
});

it('keeps how many tasks the queue had left', () => {
  const view = new LiveView();
  const before = view.snapshot();
  expect(before.left).toBeNull();
  view.take({ v: 1, type: 'queue.seen', at: '2026-11-22T10:00:00.000Z', left: 7 }, EMPTY_STATE);
  expect(view.snapshot().left).toBe(7);
  expect(view.snapshot()).toBe(view.snapshot());
});

it('counts a task that is claimed after the queue was looked at as left no more', () => {
  const run = new LiveExample(3);
  const entry = { priority: 2, blockers: [], why: '', title: 'Title' };
  run.queue([
    { ...entry, id: taskId('app-1'), place: 'ready' },
    { ...entry, id: taskId('app-2'), place: 'in_work' },
  ]);
  run.seen(1);
  run.begin(2, 'app-2');
  expect(run.view.snapshot().left).toBe(1);
  run.begin(1, 'app-1');
  expect(run.view.snapshot().left).toBe(0);
  // It has come to the queue since.
  run.begin(3, 'app-3');
  expect(run.view.snapshot().left).toBe(0);
});
