import { type ConflictAhead, conflictAheadSchema } from '../../source/engine/conflicts-ahead.js';
import type { EngineEvent } from '../../source/engine/events.js';
import type { TransientEvent } from '../../source/engine/transient-events.js';
import { isDurable } from '../../source/engine/events.js';
import { transientEventSchema } from '../../source/engine/transient-events.js';
import type { QueueEntry } from '../../source/engine/queue-entries.js';
import { LiveView } from '../../source/engine/live-view.js';
import type { AttemptEnd, Fate } from '../../source/engine/outcome.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import type { RunState } from '../../source/engine/state.js';
import { type ExampleBody, exampleEvents, exampleSha, started, worker } from '../example-run.js';

/** When the example is looked at: its run began at 10:15. */
export const EXAMPLE_NOW = Date.parse('2026-11-22T10:30:00.000Z');

/** A live run that a test tells what happens. */
export class LiveExample {
  readonly view = new LiveView();
  state: RunState = EMPTY_STATE;
  /** When what it is told next happens. */
  at = '2026-11-22T10:20:00.000Z';

  /** A run with so many slots, of which nothing has been claimed. */
  constructor(slots: number, fields: Readonly<Record<string, unknown>> = {}) {
    this.tell(started({ jobs: slots, ...fields }));
    const tree = exampleSha('aaaa');
    this.tell({ type: 'base.checked', tree, outcome: 'green', duration_ms: 900, tail: '' });
    for (let slot = 1; slot <= slots; slot += 1) this.tell(worker(slot - 1, slot));
  }

  tell(...bodies: readonly ExampleBody[]): void {
    const { at } = this;
    for (const event of exampleEvents(bodies.map((body) => ({ at, ...body })))) this.#take(event);
  }

  /** The slot claims a task and its agent starts. */
  begin(slot: number, task: string, title = `Title of ${task}`): void {
    const place = { slot, worker: slot - 1, task };
    this.tell(
      { type: 'task.claiming', ...place },
      { type: 'task.claimed', ...place, title, priority: 2 },
      {
        type: 'iteration.started',
        ...place,
        attempt: 1,
        iteration: 1,
        base: exampleSha('4be1c09'),
        prompt_hash: '00f067aa0ba902b7',
        runtime: 'claude',
        model: 'sonnet',
      },
    );
  }

  /** The slot's iteration ends: its task is done, failed or goes back. */
  end(slot: number, task: string, end: AttemptEnd, fate: Fate): void {
    this.tell({
      type: 'iteration.finished',
      slot,
      worker: slot - 1,
      task,
      attempt: 1,
      iteration: 1,
      end,
      fate,
      counted: true,
      reason: null,
      tokens: { input: 0, output: 0, cache_read: 0, cache_create: 0 },
      cost_usd: null,
      runtime: 'claude',
      model: 'sonnet',
      duration_ms: 1_000,
      salvage: null,
      files: [],
    });
  }

  line(slot: number, text: string, kind: 'text' | 'tool' | 'result' | 'error' | 'gate' = 'text'): void {
    this.#pass({ type: 'agent.line', slot, worker: slot - 1, kind, text });
  }

  usage(slot: number, output: number, cost_usd: number | null): void {
    const tokens = { input: 0, output, cache_read: 0, cache_create: 0 };
    this.#pass({ type: 'agent.usage', slot, worker: slot - 1, tokens, cost_usd, model: 'sonnet' });
  }

  /** The run looks at how many tasks its queue has left. */
  seen(left: number): void {
    this.#pass({ type: 'queue.seen', left });
  }

  /** The run looks at its queue. */
  queue(entries: readonly QueueEntry[], unlisted = 0): void {
    this.#pass({ type: 'queue.listed', entries, unlisted });
  }

  /** It is told what would conflict if it were merged now. */
  conflicting(conflicts: readonly ConflictAhead[], reason: string | null = null): void {
    this.#pass({ type: 'workers.conflicting', conflicts, reason });
  }

  /** The agent has given no sign of life for so long, in milliseconds, and has stalled after 20 minutes of it. */
  quiet(slot: number, quiet_ms: number): void {
    this.#pass({ type: 'agent.quiet', slot, worker: slot - 1, quiet_ms, stall_ms: 20 * 60_000 });
  }

  #pass(body: Omit<Extract<TransientEvent, { type: 'agent.line' }>, 'v' | 'at'> | object): void {
    this.#take(transientEventSchema.parse({ v: 1, at: '2026-11-22T10:29:58.000Z', ...body }));
  }

  #take(event: EngineEvent): void {
    if (isDurable(event)) this.state = reduce(this.state, event);
    this.view.take(event, this.state);
  }
}

/** Work of two slots, or with `two` null of one and trunk, that would conflict in these files. */
export function exampleConflict(one: number, two: number | null, files: readonly string[]): ConflictAhead {
  const side = (slot: number) => ({ slot, worker: slot - 1, task: `app-${slot}` });
  const since = '2026-11-22T10:25:00.000Z';
  const other = two === null ? null : side(two);
  return conflictAheadSchema.parse({ since, one: side(one), other, files, unlisted: 0 });
}

/** What an agent may put out to harm a screen. */
export const EVIL_TEXTS = [
  '\u001B[2J\u001B[1;1Hgone',
  '\u001B]0;title\u0007\u009B31mred\u001B[?1049l',
  'one\r\ntwo\nthree\u2028four\tfive',
  '\u202Eright to left\u202C \u200Bzero \uFEFFwidth',
  '日本語の長い題名がここに続きます。日本語の長い題名がここに続きます。日本語の長い題名がここに続きます。',
  '👨‍👩‍👧‍👦 family 🇩🇪 flag ❤️ heart 1️⃣ keycap 👍🏽 thumb',
  'e\u0301 combining \u0301\u0302\u0303 alone',
  `long ${'x'.repeat(400)}`,
  '\u001BP+q\u001B\\dcs \u001B^pm\u001B\\ \u001B_apc\u001B\\',
  '\u0000\u0007\u0008\u000B\u000C\u000E\u007F\u0085',
] as const;
