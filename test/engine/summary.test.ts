import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import type { RunState } from '../../source/engine/state.js';
import { fateOf, summarise, type Summary } from '../../source/engine/summary.js';
import { eventSequences } from '../event-sequences.js';
import {
  attempt,
  EXAMPLE_RUN,
  type ExampleBody,
  exampleBodies,
  exampleSha,
  exampleState,
  started,
  worker,
} from '../example-run.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const BASE = exampleSha('4be1c09');
const MERGE = exampleSha('8c1f02e');

function summaryOf(...bodies: readonly ExampleBody[]): Summary {
  return summarise(exampleState(bodies), NOW);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function conflicted(queue: string): readonly ExampleBody[] {
  return [
    started({ queue }),
    worker(0),
    ...attempt('app-16', { end: 'conflict', fate: 'conflicted' }),
    { type: 'conflict.filed', task: 'app-16', bug: 'app-41', worker: 0, files: ['source/log.ts'] },
    {
      type: 'worker.parked',
      worker: 0,
      task: 'app-16',
      reason: 'merge conflict',
      bug: 'app-41',
      result: null,
    },
  ];
}

function finished(stop_reason = 'ready_empty', tasks_left = 0): ExampleBody {
  return { type: 'run.finished', stop_reason, exit_code: 0, tasks_left };
}

const MERGED = [started(), worker(0), ...attempt('app-7', { end: 'merged', fate: 'merged' })];
const REFUSED = {
  type: 'land.refused',
  branch: 'main',
  to: MERGE,
  reason: 'main has changed files',
} as const;

function fateIn(state: RunState, task = 'app-7'): unknown {
  return [...state.tasks.values()].filter(({ id }) => id === task).map((each) => fateOf(each, state))[0];
}

describe('fateOf', () => {
  it('tells what is in trunk and closed as merged, landed or not asked to be', () => {
    expect(fateIn(exampleState(MERGED))).toBe('merged');
    expect(fateIn(exampleState([...MERGED, finished()]))).toBe('merged');
  });

  it('tells what could not be landed as stranded, until it is', () => {
    expect(fateIn(exampleState([...MERGED, REFUSED]))).toBe('stranded');
    const landed = {
      type: 'run.landed',
      branch: 'main',
      from: BASE,
      to: MERGE,
      how: 'fast_forward',
    } as const;
    expect(fateIn(exampleState([...MERGED, REFUSED, landed]))).toBe('merged');
  });

  it.each(['merged', 'empty'])('tells what is %s but was not closed as stranded', (end) => {
    const state = exampleState([
      started(),
      worker(0),
      ...attempt('app-7', { end, fate: end, closed: false }),
      { type: 'task.close_refused', task: 'app-7', sha: MERGE, message: 'a blocker is open' },
    ]);
    expect(fateIn(state)).toBe('stranded');
    expect(fateIn(reduce(state, exampleClosed(state)))).toBe(end);
  });

  it('does not strand what changed nothing when the landing is refused', () => {
    const empty = [started(), worker(0), ...attempt('app-7', { end: 'empty', fate: 'empty' })];
    expect(fateIn(exampleState([...empty, REFUSED]))).toBe('empty');
  });

  it('tells nothing of a task in work, and keeps every other fate', () => {
    const state = exampleState(exampleBodies());
    const fates = [...state.tasks.values()].map((task) => [task.id, fateOf(task, state)]);
    expect(Object.fromEntries(fates)).toEqual({
      'app-7': 'merged',
      'app-9': 'merged',
      'app-16': 'conflicted',
      'app-2': 'failed',
      'app-31': 'empty',
      'app-33': 'open again',
    });
    const gateRed = attempt('app-7', { end: 'gate_red', fate: null, counted: true });
    expect(fateIn(exampleState([started(), worker(0), ...gateRed]))).toBeNull();
  });
});

function exampleClosed(state: RunState): Parameters<typeof reduce>[1] {
  const [task] = state.tasks.values();
  return {
    v: 1,
    type: 'task.closed',
    at: NOW.toISOString(),
    task: task!.id,
    sha: state.trunk!,
    how: 'merged',
  };
}

describe('summarise', () => {
  it('has rows that add up, in every state of any run', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        let state = EMPTY_STATE;
        for (const event of events) {
          state = reduce(state, event);
          const { all, workers, tasks, counts, in_work } = summarise(state, NOW);
          for (const rows of [workers, tasks]) {
            expect(sum(rows.map((row) => row.tokens))).toBe(all.tokens);
            expect(sum(rows.map((row) => row.cost_usd))).toBeCloseTo(all.cost_usd, 6);
            expect(rows.some((row) => row.cost_unknown)).toBe(all.cost_unknown);
          }
          expect(sum(workers.map((row) => row.iterations))).toBe(all.iterations);
          expect(sum(workers.map((row) => row.closed))).toBe(all.closed);
          expect(sum(tasks.map((row) => row.tries))).toBe(all.iterations);
          expect(sum(Object.values(counts)) + in_work).toBe(tasks.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('finds something wrong exactly where a person has something to do about it', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        const { something_wrong, counts, landing, next_steps } = summarise(
          events.reduce(reduce, EMPTY_STATE),
          NOW,
        );
        const wrong =
          counts.conflicted + counts.failed + counts.stranded > 0 || landing.kind === 'not_landed';
        expect(something_wrong).toBe(wrong);
        expect(wrong && next_steps.length === 0).toBe(false);
        for (const { commands, why } of next_steps) {
          expect(why).not.toBe('');
          expect(commands.length).toBeGreaterThan(0);
          expect(
            commands.filter((command) => /branch -D|--force|reset --hard|undefined|null/.test(command)),
          ).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not change with whether the run has been told to be finished', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        const before = summarise(events.slice(0, -1).reduce(reduce, EMPTY_STATE), NOW);
        const after = summarise(events.reduce(reduce, EMPTY_STATE), NOW);
        expect(after.something_wrong).toBe(before.something_wrong);
        expect(after.counts).toEqual(before.counts);
      }),
      { numRuns: 50 },
    );
  });

  it('tells workers, the parked one too', () => {
    const { workers, all } = summarise(exampleState(exampleBodies()), NOW);
    expect(workers.map(({ worker, iterations, closed, stop }) => [worker, iterations, closed, stop])).toEqual(
      [
        [0, 2, 2, 'ready_empty'],
        [1, 1, 1, 'ready_empty'],
        [2, 2, 0, 'ready_empty'],
        [3, 1, 0, 'parked'],
        [4, 1, 0, 'ready_empty'],
      ],
    );
    expect(all).toMatchObject({ worker: 'all', iterations: 7, closed: 3, runtimes: ['claude', 'codex'] });
    expect(all).toMatchObject({ cost_unknown: true, stop: 'ready_empty' });
  });

  it('counts no time of a worker whose slot was removed', () => {
    const at = '2026-11-22T10:20:00.000Z';
    const state = exampleState([started(), worker(3), { type: 'slots.changed', slots: 3, at }]);
    const { workers } = summarise(state, new Date('2026-11-22T12:00:00.000Z'));
    expect(workers.map(({ wall_ms }) => wall_ms)).toEqual([290_000]);
  });

  it('tells tasks with what they took', () => {
    const { tasks } = summarise(exampleState(exampleBodies()), NOW);
    expect(tasks.find(({ id }) => id === 'app-2')).toMatchObject({
      fate: 'failed',
      tries: 2,
      duration_ms: 45 * 60_000,
      tokens: 96_200,
      cost_usd: 5.77,
      salvages: [`refs/hew/salvage/${EXAMPLE_RUN}/w2/1`],
    });
    expect(tasks.find(({ id }) => id === 'app-16')).toMatchObject({ bug: 'app-41', files: 2, sha: null });
    expect(tasks.find(({ id }) => id === 'app-9')).toMatchObject({
      sha: MERGE,
      cost_unknown: true,
      files: 1,
    });
  });

  it('measures the time until the end of the run, or until now', () => {
    expect(summaryOf(started()).wall_ms).toBe(105 * 60_000);
    expect(summarise(exampleState(exampleBodies()), NOW).wall_ms).toBe((7 * 60 + 52) * 60_000);
    expect(summarise(EMPTY_STATE, NOW).wall_ms).toBe(0);
  });

  it('counts no time in which a run was dead that is given up', () => {
    const at = '2026-11-22T11:00:00.000Z';
    const given_up = { ...finished('cancelled'), away_ms: 30 * 60_000, at } as const;
    expect(summaryOf(started(), given_up).wall_ms).toBe(15 * 60_000);
  });

  it('counts no time in which the run was dead, of the run or of a worker', () => {
    const at = (time: string): string => `2026-11-22T${time}:00.000Z`;
    const resumed = { type: 'run.resumed', runtime: 'claude', attempts: 2, away_ms: 30 * 60_000 } as const;
    const limits = { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null };
    const ended = { type: 'slot.finished', stop_reason: 'cancelled' } as const;
    const { wall_ms, all, workers } = summaryOf(
      started(),
      { ...worker(0), at: at('10:15') },
      { ...worker(1), at: at('10:20') },
      { ...worker(2), at: at('10:20') },
      {
        type: 'worker.parked',
        worker: 2,
        task: 'app-1',
        reason: '',
        bug: null,
        result: null,
        at: at('10:25'),
      },
      // Slot 1 had finished when hew was killed at 10:30, and goes on when it is taken up again.
      { ...ended, slot: 1, worker: 0, at: at('10:30') },
      { ...resumed, limits, at: at('11:00') },
      { ...worker(3, 3), at: at('11:05') },
      { ...ended, slot: 2, worker: 1, at: at('11:10') },
    );
    const minutes = [wall_ms, all.wall_ms, ...workers.map((each) => each.wall_ms)].map(
      (ms) => (ms ?? 0) / 60_000,
    );
    expect(minutes).toEqual([75, 75, 75, 20, 5, 55]);
    expect(workers.map(({ stop }) => stop)).toEqual([null, 'cancelled', 'parked', null]);
  });

  it('tells what is left and where the landing went, with the way back', () => {
    const summary = summarise(exampleState(exampleBodies()), NOW);
    expect(summary.left).toBe(2);
    expect(summary.landing).toEqual({
      kind: 'landed',
      branch: 'main',
      from: BASE,
      to: MERGE,
      undo: `git reset --keep ${BASE}`,
    });
  });

  it('tells of foreign changes and of a run without a gate', () => {
    const changed = { slot: 1, worker: 0, task: 'app-7', attempt: 1, iteration: 1, what: ['stash'] };
    const summary = summaryOf(started({ ungated: true }), worker(0), { type: 'foreign.changed', ...changed });
    expect(summary).toMatchObject({ ungated: true, foreign_changes: ['app-7: stash'] });
  });
});

describe('landing', () => {
  it('was not asked for: the merges are told, and how to land them', () => {
    const summary = summaryOf(...MERGED, finished());
    expect(summary).toMatchObject({ something_wrong: true, counts: { merged: 1, stranded: 0 } });
    expect(summary.landing).toEqual({ kind: 'not_landed', branch: 'main', to: MERGE, reason: null });
    expect(summary.next_steps).toEqual([
      { task: null, why: 'not landed on main', commands: [`hew loop land ${EXAMPLE_RUN}`] },
    ]);
  });

  it('was refused: one step for all that it strands', () => {
    const summary = summaryOf(...MERGED, REFUSED, finished());
    expect(summary).toMatchObject({ something_wrong: true, counts: { merged: 0, stranded: 1 } });
    expect(summary.next_steps).toEqual([
      {
        task: null,
        why: 'not landed on main: main has changed files',
        commands: [`hew loop land ${EXAMPLE_RUN}`],
      },
    ]);
  });

  it('has no target: trunk is named, and nothing is wrong', () => {
    const trunk = `loop/${EXAMPLE_RUN}/trunk`;
    const [, ...rest] = MERGED;
    const landed = { type: 'run.landed', branch: null, from: BASE, to: MERGE, how: 'detached' } as const;
    const summary = summaryOf(started({ starting_branch: null }), ...rest, landed, finished());
    expect(summary).toMatchObject({
      something_wrong: false,
      landing: { kind: 'detached', trunk, to: MERGE },
    });
    expect(summary.next_steps[0]?.commands).toEqual([`git merge --ff-only ${trunk}`]);
  });

  it('has nothing to do without a merge', () => {
    const summary = summaryOf(started(), worker(0), finished());
    expect(summary).toMatchObject({ something_wrong: false, landing: { kind: 'nothing' }, next_steps: [] });
  });

  it('tells the commits of one job as landed, since they are', () => {
    const summary = summaryOf(
      started({ jobs: 1, mode: 'serial', trunk: null }),
      { ...worker(0), branch: 'main', path: '/home/me/app' },
      { type: 'run.landed', branch: 'main', from: BASE, to: MERGE, how: 'in_place' },
      finished(),
    );
    expect(summary.landing).toMatchObject({ kind: 'landed', undo: `git reset --keep ${BASE}` });
  });
});

describe('next steps', () => {
  it('show the bug of a conflict with the command of the queue', () => {
    expect(summaryOf(...conflicted('file')).next_steps).toEqual([
      {
        task: 'app-16',
        why: 'app-16 conflicts in source/log.ts (worker w0 kept)',
        commands: ['hew task show app-41'],
      },
    ]);
    expect(summaryOf(...conflicted('beads')).next_steps[0]?.commands).toEqual(['bd show app-41']);
  });

  it('name the worktree where no bug was filed, as one word of a command line', () => {
    const summary = summaryOf(
      started(),
      { ...worker(0), path: "/home/me/it's here/0" },
      ...attempt('app-16', { end: 'parked', fate: 'conflicted', reason: 'holds a nested repository' }),
      {
        type: 'worker.parked',
        worker: 0,
        task: 'app-16',
        reason: 'nested repository',
        bug: null,
        result: null,
      },
    );
    expect(summary.next_steps[0]).toMatchObject({
      why: 'app-16 holds a nested repository (worker w0 kept)',
      commands: [String.raw`git -C '/home/me/it'\''s here/0' status`],
    });
  });

  it('close what is merged but still open', () => {
    const summary = summaryOf(
      started(),
      worker(0),
      ...attempt('app-7', { end: 'merged', fate: 'merged', closed: false }),
      { type: 'task.close_refused', task: 'app-7', sha: MERGE, message: 'a blocker is open' },
      { type: 'run.landed', branch: 'main', from: BASE, to: MERGE, how: 'fast_forward' },
      finished(),
    );
    expect(summary.next_steps).toEqual([
      {
        task: 'app-7',
        why: 'app-7 is merged, but could not be closed: a blocker is open',
        commands: ['hew task close app-7'],
      },
    ]);
  });

  it('give back what the queue would not take', () => {
    const refused = { task: 'app-7', note: '', failed: false, message: 'bd is stuck' };
    const ended = attempt('app-7', { end: 'queue_failed', fate: 'open again' });
    const events = [
      started(),
      worker(0),
      ...ended,
      { type: 'task.return_refused', ...refused },
    ] satisfies ExampleBody[];
    const summary = summaryOf(...events, finished());
    expect(summary).toMatchObject({ something_wrong: true });
    expect(summary.next_steps).toEqual([
      {
        task: 'app-7',
        why: 'app-7 could not be given back to the queue: bd is stuck',
        commands: ['hew task update app-7 --status open'],
      },
    ]);
    const back = { type: 'task.returned', task: 'app-7', note: '', failed: false } satisfies ExampleBody;
    expect(summaryOf(...events, back, finished())).toMatchObject({ something_wrong: false, next_steps: [] });
  });

  it('show the salvage of what failed', () => {
    const salvage = `refs/hew/salvage/${EXAMPLE_RUN}/w0/1`;
    const failed = attempt('app-2', {
      end: 'gate_red',
      fate: 'failed',
      counted: true,
      reason: 'red',
      salvage,
    });
    const unlanded = summaryOf(started(), worker(0), ...failed, finished());
    expect(unlanded.next_steps).toEqual([
      {
        task: 'app-2',
        why: 'app-2 failed: red',
        commands: [
          'hew task show app-2',
          `hew loop salvage show ${EXAMPLE_RUN}/w0/1`,
          `git merge --squash ${salvage}`,
        ],
      },
    ]);
  });

  it('resume what was cancelled with tasks left', () => {
    expect(summaryOf(started(), finished('cancelled', 3)).next_steps).toEqual([
      {
        task: null,
        why: 'the run was ended early; the tasks that are left wait for the next',
        commands: ['hew tui --jobs 4'],
      },
    ]);
    expect(summaryOf(started(), finished('cancelled', 0)).next_steps).toEqual([]);
    expect(summaryOf(started(), finished('max_iter', 3)).next_steps).toEqual([]);
  });
});
