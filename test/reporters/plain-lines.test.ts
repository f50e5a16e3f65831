import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { durableEventSchema } from '../../source/engine/events.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import type { RunState } from '../../source/engine/state.js';
import { plainLines } from '../../source/reporters/plain-lines.js';
import { eventSequences } from '../event-sequences.js';
import {
  EXAMPLE_RUN,
  attempt,
  type ExampleBody,
  exampleEvents,
  exampleSha,
  started,
  worker,
} from '../example-run.js';

// Plain lines must not pay for Ink: whoever imports it here, however far away, makes this file fail.
// What another file of the same process has imported does not count.
vi.hoisted(() => vi.resetModules());
vi.mock('ink', () => {
  throw new Error('Ink was loaded');
});
vi.mock('react', () => {
  throw new Error('React was loaded');
});

const TIME = new Date(2026, 10, 22, 13, 19, 7).toISOString();
const NEW = exampleSha('8c1f02e');
const OLD = exampleSha('4be1c09');
const KEPT = `refs/hew/salvage/${EXAMPLE_RUN}/w0/1`;

/** Slot 1 works on app-7; w1 is in slot 2 and idle. */
const BEFORE = [
  started({ at: TIME }),
  worker(0),
  worker(1),
  ...attempt('app-7', { end: 'merged', fate: 'merged' }).slice(0, 2),
];

function linesAfter(before: readonly ExampleBody[], body: ExampleBody): readonly string[] {
  const events = exampleEvents([...before, { at: TIME, ...body }]);
  const state = events.slice(0, -1).reduce(reduce, EMPTY_STATE);
  const event = events.at(-1)!;
  return plainLines(event, state, reduce(state, event));
}

const work = { slot: 1, worker: 0, task: 'app-7', attempt: 1, iteration: 1 };
const tokens = { input: 1100, output: 7000, cache_read: 40_000, cache_create: 0 };
const agent = {
  ...work,
  exit_code: 0,
  closing: 'closed',
  tokens,
  cost_usd: 0.51,
  model: null,
  duration_ms: 252_000,
};
const gate = { ...work, which: 'own', command: 'npm test', duration_ms: 31_000 };
const finished = {
  ...work,
  counted: true,
  tokens,
  cost_usd: 0.51,
  runtime: 'claude',
  model: null,
  duration_ms: 1,
  salvage: null,
  files: [],
};
const checked = { tree: OLD, duration_ms: 62_000, tail: '' };
const settled = { run: EXAMPLE_RUN, worker: 3, task: 'app-16' };

const CASES: readonly (readonly [ExampleBody, readonly string[]])[] = [
  [started(), ['run      loop-20261122T101500Z-3fa9c1d2', 'run      4 slots, claude, from main at 4be1c09']],
  [
    started({ jobs: 1, mode: 'serial', trunk: null, ungated: true }),
    [
      'run      loop-20261122T101500Z-3fa9c1d2',
      'run      1 slot, claude, in /home/me/app, on main at 4be1c09',
      'run      UNGATED: no test or lint command checks the work',
    ],
  ],
  [
    started({ mode: 'dry_run', starting_branch: null, trunk: null }),
    [
      'run      loop-20261122T101500Z-3fa9c1d2 (dry run: nothing is claimed)',
      'run      4 slots, claude, from a detached HEAD at 4be1c09',
    ],
  ],
  [{ type: 'base.checked', ...checked, outcome: 'green' }, ['run      gate green on the base (1m02s)']],
  [
    { type: 'base.checked', ...checked, outcome: 'remembered' },
    ['run      gate known to be green on the base'],
  ],
  [{ type: 'base.checked', ...checked, outcome: 'skipped' }, ['run      gate not run on the base']],
  [
    {
      type: 'trunk.checked',
      ...checked,
      outcome: 'red',
      tail: 'npm test\n\n\u001B[31m  1 failed\u001B[0m\n',
    },
    ['run      gate RED on the trunk (1m02s)', 'run        npm test', 'run          1 failed'],
  ],
  [worker(2), [`slot 3   worker w2 works in /home/me/.hew/wt/${EXAMPLE_RUN}/2`]],
  [
    {
      type: 'worker.parked',
      worker: 0,
      task: 'app-7',
      reason: 'merge conflict',
      bug: 'app-41',
      result: null,
    },
    [`slot 1   app-7: worker w0 parked: merge conflict; kept in /home/me/.hew/wt/${EXAMPLE_RUN}/0`],
  ],
  [{ type: 'worker.removed', worker: 0 }, []],
  [{ type: 'slot.paused', slot: 2 }, ['slot 2   paused: takes no further task']],
  [{ type: 'slot.resumed', slot: 2 }, ['slot 2   goes on']],
  [{ type: 'slots.changed', slots: 3 }, ['run      3 slots from now on']],
  [
    { type: 'slot.waiting', slot: 2, reason: 'usage_limit', detail: 'claude', until: TIME },
    ['slot 2   waits, usage limit, until 13:19:07: claude'],
  ],
  [
    {
      type: 'slot.planned',
      slot: 2,
      worker: 1,
      branch: 'b',
      task: 'app-9',
      title: 'Do it',
      prompt_hash: '00f067aa0ba902b7',
      prompt: 'One\n\ntwo\n',
    },
    [
      'slot 2   app-9: would take Do it',
      'slot 2   app-9: prompt 00f067aa0ba902b7:',
      'slot 2   app-9:   One',
      'slot 2   app-9:',
      'slot 2   app-9:   two',
    ],
  ],
  [{ type: 'slot.finished', slot: 2, worker: 1, stop_reason: 'max_iter' }, []],
  [{ type: 'task.claiming', slot: 2, worker: 1, task: 'app-9' }, []],
  [
    { type: 'task.claimed', slot: 2, worker: 1, task: 'app-9', title: 'Fix it', priority: 1 },
    ['slot 2   app-9: claimed, priority 1: Fix it'],
  ],
  [
    { type: 'task.claim_lost', slot: 2, worker: 1, task: 'app-9', holder: 'ada' },
    ['slot 2   app-9: was taken by ada'],
  ],
  [
    { type: 'iteration.started', ...work, base: OLD, prompt_hash: '0', runtime: 'claude', model: 'sonnet' },
    ['slot 1   app-7: try 1/2 by claude sonnet, from 4be1c09'],
  ],
  [
    { type: 'agent.finished', ...agent },
    ['slot 1   app-7: agent says closed after 4m12s (48.1k tokens, $0.51)'],
  ],
  [
    { type: 'agent.finished', ...agent, closing: null, cost_usd: null },
    ['slot 1   app-7: agent ended without a word after 4m12s (48.1k tokens, cost unknown)'],
  ],
  [
    { type: 'foreign.changed', ...work, what: ['stash', 'refs/heads/dev'] },
    [
      'slot 1   app-7: warning: changed outside of its worktree: stash',
      'slot 1   app-7: warning: changed outside of its worktree: refs/heads/dev',
    ],
  ],
  [{ type: 'gate.started', ...work, which: 'own' }, []],
  [{ type: 'gate.finished', ...gate, outcome: 'green' }, ['slot 1   app-7: gate green (31s)']],
  [{ type: 'gate.finished', ...gate, outcome: 'red' }, ['slot 1   app-7: gate RED (31s): npm test']],
  [
    { type: 'gate.finished', ...gate, which: 'merged', outcome: 'timeout' },
    ['slot 1   app-7: gate on the merged tree took too long (31s): npm test'],
  ],
  [{ type: 'gate.finished', ...gate, outcome: 'aborted' }, ['slot 1   app-7: gate aborted (31s)']],
  [{ type: 'gate.finished', ...gate, outcome: 'remembered' }, ['slot 1   app-7: gate known to be green']],
  [{ type: 'gate.finished', ...gate, outcome: 'ungated' }, []],
  [{ type: 'merge.queued', ...work, result: NEW }, []],
  [{ type: 'merge.started', ...work, candidate: NEW, onto: OLD }, []],
  [
    { type: 'merge.finished', ...work, outcome: 'merged', sha: NEW, files: ['a', 'b'] },
    ['slot 1   app-7: merged as 8c1f02e, 2 files'],
  ],
  [
    { type: 'merge.finished', ...work, outcome: 'conflict', sha: null, files: ['a', 'b'] },
    ['slot 1   app-7: merge conflict in a, b'],
  ],
  [
    { type: 'merge.finished', ...work, outcome: 'red', sha: null, files: [] },
    ['slot 1   app-7: not merged: the merged tree is red'],
  ],
  [
    { type: 'merge.finished', ...work, outcome: 'not_moved', sha: null, files: [] },
    ['slot 1   app-7: not merged: trunk was not moved'],
  ],
  [
    { type: 'trunk.restored', found: NEW, expected: OLD, salvage: KEPT },
    [`run      warning: trunk stood at 8c1f02e, not by hew: put back to 4be1c09; what it held is ${KEPT}`],
  ],
  [{ type: 'trunk.catching_up', candidate: NEW, onto: OLD, tip: OLD }, []],
  [
    { type: 'trunk.caught_up', sha: NEW, tip: OLD },
    ['run      main had moved on to 4be1c09: merged into trunk as 8c1f02e'],
  ],
  [{ type: 'task.closing', ...work, sha: NEW }, []],
  [{ type: 'task.closed', task: 'app-7', sha: NEW, how: 'merged' }, ['slot 1   app-7: closed with 8c1f02e']],
  [
    { type: 'task.closed', task: 'app-9', sha: NEW, how: 'empty' },
    ['run      app-9: closed: no change was needed'],
  ],
  [
    { type: 'task.close_refused', task: 'app-7', sha: NEW, message: 'a blocker is open' },
    ['slot 1   app-7: warning: the queue refused to close it: a blocker is open'],
  ],
  [
    { type: 'task.returned', task: 'app-7', note: 'no time', failed: true },
    ['slot 1   app-7: given back as failed'],
  ],
  [
    { type: 'task.return_refused', task: 'app-7', note: 'no time', failed: true, message: 'bd is stuck' },
    ['slot 1   app-7: warning: could not be given back, which is tried again: bd is stuck'],
  ],
  [
    { type: 'conflict.filed', task: 'app-7', bug: 'app-41', worker: 0, files: ['a', 'b', 'c', 'd', 'e'] },
    ['slot 1   app-7: waits for app-41, which was filed for a person'],
  ],
  [{ type: 'parked.merging', ...settled, candidate: NEW, onto: OLD }, []],
  [
    { type: 'parked.settled', ...settled, outcome: 'merged', sha: NEW, reason: '' },
    ['run      app-16: the parked branch of w3 is merged as 8c1f02e'],
  ],
  [
    { type: 'parked.settled', ...settled, outcome: 'already_merged', sha: null, reason: '' },
    ['run      app-16: the parked branch of w3 was merged already'],
  ],
  [
    { type: 'parked.settled', ...settled, outcome: 'reopened', sha: null, reason: 'still conflicts' },
    ['run      app-16: the parked branch of w3 cannot be merged yet: still conflicts'],
  ],
  [
    {
      type: 'salvage.created',
      ref: KEPT,
      sha: NEW,
      worker: 0,
      task: 'app-7',
      attempt: 1,
      reason: 'gate red',
    },
    [`slot 1   app-7: work kept as ${KEPT}: gate red`],
  ],
  [
    {
      type: 'salvage.created',
      ref: KEPT,
      sha: NEW,
      worker: 0,
      task: null,
      attempt: 0,
      reason: 'trunk was moved',
    },
    [`run      work kept as ${KEPT}: trunk was moved`],
  ],
  [{ type: 'iteration.finished', ...finished, end: 'merged', fate: 'merged', reason: null }, []],
  [
    { type: 'iteration.finished', ...finished, end: 'gate_red', fate: null, reason: '1 of 3 failed' },
    ['slot 1   app-7: try 1/2 ended (gate red), tried again'],
  ],
  [
    { type: 'iteration.finished', ...finished, end: 'crashed', fate: null, reason: 'it exited with 1' },
    ['slot 1   app-7: try 1/2 ended (agent crashed), tried again: it exited with 1'],
  ],
  [
    { type: 'iteration.finished', ...finished, end: 'skipped', fate: 'open again', reason: null },
    ['slot 1   app-7: try 1/2 ended (skipped), open again'],
  ],
  [{ type: 'control.received', control: { type: 'pauseSlot', slot: 2 } }, ['run      asked: pause slot 2']],
  [
    {
      type: 'control.received',
      control: { type: 'raiseLimits', limits: { budget_cost: 5.5, budget_wall_ms: 5_400_000 } },
    },
    ['run      asked: raise the limit to $5.5 and 1h30m'],
  ],
  [
    { type: 'control.received', control: { type: 'visitWorktree', worker: 0, program: 'editor' } },
    ['run      asked: open an editor in the worktree of w0'],
  ],
  [{ type: 'control.received', control: { type: 'abortRun' } }, ['run      asked: abort run']],
  [
    { type: 'run.stopping', reason: 'budget_cost', detail: '$10.02' },
    ['run      stops: budget of money reached ($10.02)'],
  ],
  [
    { type: 'run.stopping', reason: 'ready_empty', detail: 'nothing is ready any more' },
    ['run      stops: nothing is ready any more'],
  ],
  [{ type: 'land.started', branch: 'main', from: OLD, to: NEW }, []],
  [
    {
      type: 'run.resumed',
      runtime: 'claude',
      attempts: 2,
      limits: { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null },
      away_ms: 60_000,
    },
    ['run      goes on from here'],
  ],
  [
    { type: 'run.landed', branch: 'main', from: OLD, to: NEW, how: 'fast_forward' },
    ['run      landed: main moved 4be1c09 -> 8c1f02e', `run      to undo: git reset --keep ${OLD}`],
  ],
  [{ type: 'run.landed', branch: 'main', from: OLD, to: OLD, how: 'nothing' }, ['run      nothing to land']],
  [
    { type: 'run.landed', branch: null, from: OLD, to: NEW, how: 'detached' },
    [`run      no branch to land on: the merges are on loop/${EXAMPLE_RUN}/trunk`],
  ],
  [
    { type: 'run.landed', branch: 'main', from: OLD, to: NEW, how: 'in_place' },
    ['run      main moved 4be1c09 -> 8c1f02e'],
  ],
  [
    { type: 'land.refused', branch: 'main', to: NEW, reason: 'main has changed files' },
    [
      'run      not landed on main: main has changed files',
      `run      to try again: hew loop land ${EXAMPLE_RUN}`,
    ],
  ],
  [
    { type: 'run.finished', stop_reason: 'stop_file', exit_code: 3, tasks_left: 1 },
    ['run      ended: asked to stop, 1 task left (exit code 3)'],
  ],
  [{ type: 'notice', level: 'info', text: 'two\nlines' }, ['run      two lines']],
  [{ type: 'notice', level: 'warning', text: 'no disk' }, ['run      warning: no disk']],
];

describe('plainLines', () => {
  it.each(CASES)('tells %j', (body, expected) => {
    expect(linesAfter(BEFORE, { ...body, at: TIME })).toEqual(expected.map((line) => `13:19:07  ${line}`));
  });

  it('is tried with events of every type', () => {
    const types = durableEventSchema.options.map((option) => option.shape.type.value);
    expect([...new Set(CASES.map(([{ type }]) => type as string))].sort()).toEqual([...types].sort());
  });

  it('says why a slot waits once, not every time that it looks', () => {
    const waiting: ExampleBody = {
      type: 'slot.waiting',
      slot: 2,
      reason: 'nothing_ready',
      detail: '',
      until: null,
    };
    expect(linesAfter(BEFORE, waiting)).toHaveLength(1);
    expect(linesAfter([...BEFORE, waiting], waiting)).toEqual([]);
    expect(linesAfter([...BEFORE, waiting], { ...waiting, detail: 'app-33 waits for app-12' })).toHaveLength(
      1,
    );
  });

  it('says that work waits for its turn when other work is before it', () => {
    const other = { slot: 2, worker: 1, task: 'app-9', attempt: 1, iteration: 1 };
    const merging = attempt('app-9', { worker: 1, end: 'merged', fate: 'merged' }).slice(0, 2);
    const before = [...BEFORE, ...merging, { type: 'merge.queued', ...other, result: NEW } as const];
    expect(linesAfter(before, { type: 'merge.queued', ...work, result: NEW })).toEqual([
      '13:19:07  slot 1   app-7: waits for its turn to merge, 1 before it',
    ]);
  });

  it('tells a task that a slot has just ended at that slot', () => {
    const ended = [
      ...BEFORE,
      { type: 'iteration.finished', ...finished, end: 'blocked', fate: 'failed', reason: null } as const,
    ];
    expect(linesAfter(ended, { type: 'task.returned', task: 'app-7', note: '', failed: true })).toEqual([
      '13:19:07  slot 1   app-7: given back as failed',
    ]);
  });

  it('is one line each that drives no terminal, whatever the event says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CASES), fc.string({ unit: 'binary' }), ([body], evil) => {
        const texts = [
          'title',
          'reason',
          'text',
          'note',
          'message',
          'detail',
          'holder',
          'tail',
          'prompt',
          'runtime',
          'home',
        ];
        const changed = Object.fromEntries(
          Object.entries(body).map(([name, value]) => [
            name,
            texts.includes(name) && typeof value === 'string' && !isWord(body, name)
              ? `${evil}\u001B[2J\u009B`
              : value,
          ]),
        );
        for (const line of linesAfter(BEFORE, { ...body, ...changed, at: TIME })) {
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has lines for any run', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        let state: RunState = EMPTY_STATE;
        for (const event of events) {
          const after = reduce(state, event);
          for (const line of plainLines(event, state, after))
            expect(line).toMatch(/^\d\d:\d\d:\d\d  (run    |slot \d+ *)  \S/);
          state = after;
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Some reasons are words of the vocabulary, which no text can stand in for. */
function isWord({ type }: ExampleBody, name: string): boolean {
  return name === 'reason' && (type === 'slot.waiting' || type === 'run.stopping');
}
