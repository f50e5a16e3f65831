import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskIdSchema } from '../../source/engine/ids.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import {
  MOST_SPANS,
  type Span,
  type SpanKind,
  spanOf,
  withDeadSpans,
  withSpan,
} from '../../source/engine/timeline.js';
import { eventSequences } from '../event-sequences.js';

const TASK = taskIdSchema.parse('app-1');
const KINDS: readonly SpanKind[] = ['idle', 'work', 'merge_turn', 'usage_limit', 'nothing_ready', 'paused'];

/** What a slot did, and for how long: also not at all, and back in time. */
const changes = fc.array(
  fc.record({ kind: fc.constantFrom(...KINDS), after: fc.integer({ min: -5, max: 900 }) }),
  {
    minLength: 1,
    maxLength: 3 * MOST_SPANS,
    size: 'max',
  },
);

function told(steps: readonly { readonly kind: SpanKind; readonly after: number }[]): readonly Span[] {
  let at = 1000;
  let spans: readonly Span[] = [];
  for (const { kind, after } of steps) {
    spans = withSpan(spans, { kind, task: kind === 'work' ? TASK : null }, at);
    at += after;
  }
  return spans;
}

/** How long each kind took until a moment. */
function times(spans: readonly Span[], until: number): ReadonlyMap<SpanKind, number> {
  const sums = new Map<SpanKind, number>();
  for (const [index, { kind, from }] of spans.entries()) {
    const end = spans[index + 1]?.from ?? until;
    sums.set(kind, (sums.get(kind) ?? 0) + end - from);
  }
  return sums;
}

describe('withDeadSpans', () => {
  it('cuts out the stretch in which the run was dead, and goes on with what there was at its end', () => {
    const spans: readonly Span[] = [
      { kind: 'idle', task: null, from: 0 },
      { kind: 'work', task: TASK, from: 10 },
      { kind: 'paused', task: null, from: 60 },
    ];
    const dead = { kind: 'dead', task: null } as const;
    expect(withDeadSpans(spans, [{ from: 20, to: 60 }])).toEqual([
      ...spans.slice(0, 2),
      { ...dead, from: 20 },
      ...spans.slice(2),
    ]);
    expect(withDeadSpans(spans, [{ from: 20, to: 50 }])[3]).toEqual({ kind: 'work', task: TASK, from: 50 });
    expect(withDeadSpans(spans.slice(1), [{ from: 5, to: 8 }])).toEqual(spans.slice(1));
  });

  it('takes exactly the dead time from the others, and keeps spans in order', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1001, max: 9000 }), fc.nat(5000), (steps, from, ms) => {
        const spans = told(steps);
        const end = 1_000_000;
        const dead = withDeadSpans(spans, [{ from, to: from + ms }]);
        expect(times(dead, end).get('dead') ?? 0).toBe(ms);
        expect([...times(dead, end).values()].reduce((sum, each) => sum + each, 0)).toBe(end - 1000);
        expect(dead.map((span) => span.from)).toEqual(
          dead.map((span) => span.from).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('withSpan', () => {
  it('keeps spans in order, without gaps, from the first moment to the last', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const spans = told(steps);
        expect(spans[0]?.from).toBe(1000);
        expect(spans.length).toBeLessThanOrEqual(MOST_SPANS);
        for (const [index, { from }] of spans.slice(1).entries()) {
          expect(from).toBeGreaterThan(spans[index]!.from);
        }
        const last = spans.at(-1)!;
        expect(last.kind).toBe(steps.at(-1)!.kind);
        const sum = [...times(spans, last.from + 10).values()].reduce((total, time) => total + time, 0);
        expect(sum).toBe(last.from + 10 - 1000);
      }),
      { numRuns: 40 },
    );
  });

  it('tells as one only what is short, once there is too much', () => {
    const steps = Array.from({ length: 2 * MOST_SPANS }, (_, index) => ({
      kind: index % 2 === 0 ? ('work' as const) : ('merge_turn' as const),
      after: index % 2 === 0 ? 900 : 10,
    }));
    steps.splice(100, 0, { kind: 'usage_limit' as never, after: 50_000 });
    const spans = told(steps);
    expect(times(spans, 1000).get('usage_limit')).toBe(50_000);
    expect(times(spans, 1000).get('work')).toBeGreaterThan(900 * MOST_SPANS - 10);
  });

  it('forgets what took no time, and goes on where that interrupted nothing', () => {
    const work = { kind: 'work', task: TASK } as const;
    const begun = withSpan([{ kind: 'idle', task: null, from: 0 }], work, 10);
    const interrupted = withSpan(begun, { kind: 'idle', task: null }, 20);
    expect(withSpan(interrupted, work, 20)).toEqual(begun);
    expect(withSpan(begun, work, 30)).toBe(begun);
    expect(withSpan(begun, { kind: 'paused', task: null }, 5)).toEqual([
      { kind: 'idle', task: null, from: 0 },
      { kind: 'paused', task: null, from: 10 },
    ]);
  });
});

describe('a run', () => {
  it('has spans that begin with each slot and end with what it does', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        let state = EMPTY_STATE;
        const begun = new Map<number, number>();
        for (const event of events) {
          state = reduce(state, event);
          for (const slot of state.slots) {
            if (!begun.has(slot.slot)) begun.set(slot.slot, Date.parse(event.at));
            expect(slot.spans[0]?.from).toBe(begun.get(slot.slot));
            expect(slot.spans.at(-1)).toMatchObject(spanOf(slot));
            expect(slot.spans.at(-1)!.from).toBeLessThanOrEqual(Date.parse(event.at));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
