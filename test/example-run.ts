import { type DurableEvent, durableEventSchema, type EventBody } from '../source/engine/events.js';
import { EMPTY_STATE, reduce } from '../source/engine/reduce.js';
import type { RunState } from '../source/engine/state.js';

export const EXAMPLE_RUN = 'loop-20261122T101500Z-3fa9c1d2';

/** A commit's name that begins with these hex digits. */
export function exampleSha(digits: string): string {
  return digits.padEnd(40, '0');
}

/** An event as a test writes it: ids are plain strings, and `at` is left to the example where it does not matter. */
export interface ExampleBody {
  readonly type: EventBody['type'];
  readonly at?: string;
  readonly [field: string]: unknown;
}

const START = Date.parse('2026-11-22T10:15:00.000Z');

/** Checked events; each is ten seconds after the one before unless it says when it was. */
export function exampleEvents(bodies: readonly ExampleBody[]): readonly DurableEvent[] {
  let time = START;
  return bodies.map((body) => {
    time = body.at === undefined ? time + 10_000 : Date.parse(body.at);
    return durableEventSchema.parse({ v: 1, ...body, at: new Date(time).toISOString() });
  });
}

/** The state after such events. */
export function exampleState(bodies: readonly ExampleBody[]): RunState {
  return exampleEvents(bodies).reduce(reduce, EMPTY_STATE);
}

/** `run.started` with four jobs; `fields` change it. */
export function started(fields: Readonly<Record<string, unknown>> = {}): ExampleBody {
  return {
    type: 'run.started',
    at: new Date(START).toISOString(),
    run_id: EXAMPLE_RUN,
    jobs: 4,
    mode: 'worktrees',
    runtime: 'claude',
    queue: 'file',
    home: '/home/me/app',
    starting_branch: 'main',
    starting_sha: exampleSha('4be1c09'),
    trunk: `loop/${EXAMPLE_RUN}/trunk`,
    attempts: 2,
    ungated: false,
    limits: { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null },
    ...fields,
  };
}

/** `worker.created` for a worker and its slot. */
export function worker(number: number, slot = number + 1): ExampleBody {
  return {
    type: 'worker.created',
    slot,
    worker: number,
    branch: `loop/${EXAMPLE_RUN}/w${number}`,
    path: `/home/me/.hew/wt/${EXAMPLE_RUN}/${number}`,
    git_dir: `/home/me/app/.git/worktrees/${number}`,
    base: exampleSha('4be1c09'),
  };
}

/** What an example attempt may tell of itself. */
export interface ExampleAttempt {
  readonly worker?: number;
  readonly slot?: number;
  readonly title?: string;
  readonly attempt?: number;
  readonly end: string;
  readonly fate: string | null;
  readonly counted?: boolean;
  readonly reason?: string;
  readonly tokens?: number;
  readonly cost_usd?: number | null;
  readonly minutes?: number;
  readonly runtime?: string;
  /** The merge, when it is merged. */
  readonly sha?: string;
  /** Whether the queue closes what is merged or empty. */
  readonly closed?: boolean;
  readonly salvage?: string;
}

/** One attempt of a task, from its claim (if it is the first) to its end. */
export function attempt(task: string, told: ExampleAttempt): readonly ExampleBody[] {
  const { attempt = 1, end, fate, minutes = 4, runtime = 'claude', cost_usd = 0.5, tokens = 48_100 } = told;
  const place = { slot: told.slot ?? (told.worker ?? 0) + 1, worker: told.worker ?? 0 };
  const work = { ...place, task, attempt, iteration: attempt };
  const used = { input: tokens, output: 0, cache_read: 0, cache_create: 0 };
  const agent = { tokens: used, cost_usd, model: null, duration_ms: minutes * 60_000 };
  const sha = exampleSha(told.sha ?? '8c1f02e');
  const salvage = told.salvage ?? null;
  const good = end === 'merged' || end === 'empty';
  return [
    ...(attempt === 1
      ? [{ type: 'task.claimed' as const, ...place, task, title: told.title ?? task, priority: 2 }]
      : []),
    {
      type: 'iteration.started',
      ...work,
      base: exampleSha('4be1c09'),
      prompt_hash: '00f067aa0ba902b7',
      runtime,
      model: null,
    },
    { type: 'agent.finished', ...work, exit_code: 0, closing: good ? 'closed' : null, ...agent },
    ...(end === 'merged'
      ? [{ type: 'merge.finished' as const, ...work, outcome: 'merged', sha, files: ['source/client.ts'] }]
      : []),
    ...(good && told.closed !== false ? [{ type: 'task.closed' as const, task, sha, how: end }] : []),
    ...(salvage === null
      ? []
      : [
          {
            type: 'salvage.created' as const,
            ref: salvage,
            sha,
            worker: place.worker,
            task,
            attempt,
            reason: end,
          },
        ]),
    {
      type: 'iteration.finished',
      ...work,
      end,
      fate,
      counted: told.counted ?? false,
      reason: told.reason ?? null,
      ...agent,
      runtime,
      salvage,
      files: [],
    },
  ];
}

/** Four workers and one that took the place of a parked one; every fate but `stranded`; landed. */
export function exampleBodies(): readonly ExampleBody[] {
  const salvage = `refs/hew/salvage/${EXAMPLE_RUN}/w2/1`;
  return [
    started(),
    ...[0, 1, 2, 3].map((number) => worker(number)),
    ...attempt('app-7', {
      worker: 0,
      title: 'Fix time-zone bug',
      end: 'merged',
      fate: 'merged',
      sha: '91ac0d3',
      cost_usd: 0.51,
    }),
    ...attempt('app-9', {
      worker: 1,
      title: '日付の書式をロケールに合わせる: 長い題名は表の幅で切られる',
      end: 'merged',
      fate: 'merged',
      sha: '8c1f02e',
      cost_usd: null,
      tokens: 6_300_000,
      runtime: 'codex',
    }),
    ...attempt('app-16', {
      worker: 3,
      title: 'Shorten log lines',
      end: 'conflict',
      fate: 'conflicted',
      cost_usd: 2.31,
      minutes: 12,
    }),
    {
      type: 'conflict.filed',
      task: 'app-16',
      bug: 'app-41',
      worker: 3,
      files: ['source/log.ts', 'source/日本.ts'],
    },
    {
      type: 'worker.parked',
      worker: 3,
      task: 'app-16',
      reason: 'merge conflict',
      bug: 'app-41',
      result: exampleSha('77ab012'),
    },
    worker(4, 4),
    ...attempt('app-2', {
      worker: 2,
      title:
        'Upgrade to React 19 and everything that depends on it, the router and the form library included',
      end: 'gate_red',
      fate: null,
      counted: true,
      reason: 'gate red: npm test',
      cost_usd: 2.77,
    }),
    ...attempt('app-2', {
      worker: 2,
      attempt: 2,
      end: 'gate_red',
      fate: 'failed',
      counted: true,
      reason: 'gate red: npm test: 3 tests of 213 failed in test/routes/form.test.tsx',
      cost_usd: 3,
      minutes: 41,
      salvage,
    }),
    { type: 'task.returned', task: 'app-2', note: 'gate red', failed: true },
    ...attempt('app-31', {
      worker: 0,
      title: 'Remove what nobody uses',
      end: 'empty',
      fate: 'empty',
      cost_usd: 0.004,
      minutes: 0.5,
      tokens: 950,
    }),
    ...attempt('app-33', {
      worker: 4,
      slot: 4,
      title: 'Café au lait, naïve façade 🎉 emoji',
      end: 'skipped',
      fate: 'open again',
      cost_usd: 0.2,
    }),
    { type: 'task.returned', task: 'app-33', note: 'skipped', failed: false },
    { type: 'run.stopping', reason: 'ready_empty', detail: '' },
    ...[0, 1, 2, 4].map((number) => ({
      type: 'slot.finished' as const,
      slot: Math.min(4, number + 1),
      worker: number,
      stop_reason: 'ready_empty',
    })),
    { type: 'land.started', branch: 'main', from: exampleSha('4be1c09'), to: exampleSha('8c1f02e') },
    {
      type: 'run.landed',
      branch: 'main',
      from: exampleSha('4be1c09'),
      to: exampleSha('8c1f02e'),
      how: 'fast_forward',
    },
    {
      type: 'run.finished',
      at: '2026-11-22T18:07:00.000Z',
      stop_reason: 'ready_empty',
      exit_code: 1,
      tasks_left: 2,
    },
  ];
}
