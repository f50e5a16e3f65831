// Two million events of a day, at full speed, in the one process that a run and its screen share; see day.ts. It prints the heap after
// collection at the first minute and at the end, and the RSS, in bytes.
import type { TranscriptSource } from '../../source/engine/transcript/transcript.js';
import { PassThrough } from 'node:stream';
import { App } from '../../source/components/app.js';
import { drawScreen } from '../../source/components/draw-screen.js';
import { RunFeed } from '../../source/commands/run-feed.js';
import type { DurableEvent, EngineEvent, EventBody } from '../../source/engine/events.js';
import { EventStream } from '../../source/engine/event-stream.js';
import { shaSchema, taskIdSchema, runIdSchema } from '../../source/engine/ids.js';

const EVENTS = 2_000_000;
const SECONDS = 24 * 60 * 60;
const SLOTS = 4;
/** Every third line comes with a count of tokens. */
const LINES_A_SECOND = (EVENTS / SECONDS) * 0.74;
const ITERATION_SECONDS = 900;

const SHA = shaSchema.parse('4be1c09'.padEnd(40, '0'));
const TOKENS = { input: 900, output: 300, cache_read: 48_000, cache_create: 0 };

let second = 0;
const clock = {
  now: () => new Date(Date.parse('2026-01-01T00:00:00Z') + second * 1000),
  sleep: () => Promise.resolve(),
};
const journal = { append: (_event: DurableEvent) => Promise.resolve(), close: () => Promise.resolve() };
const events = new EventStream(journal, clock);
const feed = new RunFeed();
feed.listen(events);
let told = 0;
events.subscribe((_event: EngineEvent) => (told += 1));

type Durable = Extract<EventBody, { type: DurableEvent['type'] }>;
const note = (body: Durable): void => events.note(body);

note({
  type: 'run.started',
  run_id: runIdSchema.parse('loop-20260101T000000Z-3fa9c1d2'),
  jobs: SLOTS,
  mode: 'worktrees',
  runtime: 'claude',
  queue: 'file',
  home: '/home/me/app',
  starting_branch: 'main',
  starting_sha: SHA,
  trunk: 'loop/loop-20260101T000000Z-3fa9c1d2/trunk',
  attempts: 2,
  ungated: false,
  limits: { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null },
});
for (let slot = 1; slot <= SLOTS; slot += 1) {
  note({
    type: 'worker.created',
    slot,
    worker: slot - 1,
    branch: `w${slot}`,
    path: '/wt',
    git_dir: '/git',
    base: SHA,
  });
}

/** Nobody reads a slot in full during that day. */
const NO_TRANSCRIPTS: TranscriptSource = {
  open: async () => ({ kind: 'missing', why: 'nothing was written' }),
};

const stdout = Object.assign(new PassThrough(), { columns: 160, rows: 45, isTTY: true });
stdout.resume();
const stdin = Object.assign(new PassThrough(), {
  isTTY: true,
  setRawMode: () => undefined,
  ref: () => undefined,
  unref: () => undefined,
});
const drawn = drawScreen(
  { stdin: stdin as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream },
  (size) => (
    <App
      {...size}
      pull={feed.pull}
      control={() => undefined}
      transcripts={NO_TRANSCRIPTS}
      worktrees={{ open: () => ({ [Symbol.dispose]: () => {} }), prune: () => {} }}
      story={async () => ''}
      visits={{ hasEditor: false, open: async () => '' }}
      copy={() => false}
      onLeave={() => undefined}
    />
  ),
);

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Ends a slot's iteration of this number, if it is not 0, with its merge, and begins the next. */
function turnOver(slot: number, ended: number): void {
  const worker = slot - 1;
  const task = (iteration: number) => taskIdSchema.parse(`app-${slot}-${iteration}`);
  const spent = { tokens: TOKENS, cost_usd: 0.31, model: 'sonnet', duration_ms: ITERATION_SECONDS * 1000 };
  if (ended > 0) {
    const done = { slot, worker, task: task(ended), attempt: 1, iteration: ended };
    note({ type: 'agent.finished', ...done, exit_code: 0, closing: 'closed', ...spent });
    note({ type: 'merge.finished', ...done, outcome: 'merged', sha: SHA, files: ['source/a.ts'] });
    note({ type: 'task.closed', task: done.task, sha: SHA, how: 'merged' });
    const end = { end: 'merged', counted: false, fate: 'merged', reason: null } as const;
    const result = { runtime: 'claude', salvage: null, files: [] };
    note({ type: 'iteration.finished', ...done, ...end, ...spent, ...result });
  }
  const iteration = ended + 1;
  const next = { slot, worker, task: task(iteration) };
  note({ type: 'task.claimed', ...next, title: `Do the work of ${next.task}`, priority: 2 });
  const how = { base: SHA, prompt_hash: '00f067aa0ba902b7', runtime: 'claude', model: null };
  note({ type: 'iteration.started', ...next, attempt: 1, iteration, ...how, cooldown_engaged: false });
}

let first = Number.NaN;
for (second = 0; second < SECONDS; second += 1) {
  if (second % ITERATION_SECONDS === 0) {
    for (let slot = 1; slot <= SLOTS; slot += 1) turnOver(slot, second / ITERATION_SECONDS);
  }
  const lines = Math.floor(LINES_A_SECOND * (second + 1)) - Math.floor(LINES_A_SECOND * second);
  for (let line = 0; line < lines; line += 1) {
    const slot = (told % SLOTS) + 1;
    const place = { slot, worker: slot - 1 };
    const text = `line ${told}: I will put the retry in the transport, not in each caller.`;
    events.pass({ type: 'agent.line', ...place, kind: 'text', text });
    if (line % 3 === 0)
      events.pass({ type: 'agent.usage', ...place, tokens: TOKENS, cost_usd: null, model: 'sonnet' });
  }
  // The screen draws when its time has come, as it would in a day.
  if (second % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  if (second === 60) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    first = heap();
  }
}
await new Promise((resolve) => setTimeout(resolve, 2000));
const last = heap();
drawn.unmount();
process.stdout.write(`${told} ${first} ${last} ${process.memoryUsage().rss}\n`);
process.exit(0);
