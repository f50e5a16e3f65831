import type { TaskId } from './ids.js';
import { isGone } from './shown-slots.js';
import { owning } from './owned-copies.js';
import type { SlotState } from './state.js';
import { withItem } from './with-item.js';

/** What a slot spends its time with, as far as a timeline tells it apart. */
export type SpanKind =
  | 'idle'
  | 'work'
  | 'merge_turn'
  | 'usage_limit'
  | 'back_off'
  | 'disk'
  | 'nothing_ready'
  | 'paused'
  | 'removed'
  | 'finished'
  | 'dead';

/** A stretch of a slot's time. It ends where the next one begins; the last one goes on. */
export interface Span {
  readonly kind: SpanKind;
  /** Null where no task was worked on, or several that are told as one. */
  readonly task: TaskId | null;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** More than any screen has columns, so that what is told as one is not seen; and little enough for sixteen slots. */
export const MOST_SPANS = 512;

/** What the slot spends its time with now. Pure. */
export function spanOf(slot: Pick<SlotState, 'activity' | 'removed'>): Omit<Span, 'from'> {
  const { activity } = slot;
  if (isGone(slot)) return { kind: 'removed', task: null };
  switch (activity.kind) {
    case 'idle':
      return { kind: 'idle', task: null };
    case 'claiming':
      return { kind: 'idle', task: null };
    case 'waiting':
      return { kind: activity.reason, task: null };
    case 'working':
      return { kind: activity.step === 'merge_turn' ? 'merge_turn' : 'work', task: activity.task };
    case 'finished':
      return { kind: 'finished', task: null };
  }
}

/**
 * The spans with what the slot does from now on. There are never more than {@link MOST_SPANS}: of more, the neighbours
 * that are shortest together are told as one, of the kind of the longer. A clock that was set back adds no time. Pure.
 */
export function withSpan(spans: readonly Span[], now: Omit<Span, 'from'>, at: number): readonly Span[] {
  const last = spans.at(-1);
  if (!last) return [{ ...now, from: at }];
  if (isSameSpan(last, now)) return spans;
  if (at > last.from) return bounded(withItem(spans, { ...now, from: at }));
  // What took no time is not told.
  const before = spans.slice(0, -1);
  const previous = before.at(-1);
  return previous && isSameSpan(previous, now) ? before : [...before, { ...now, from: last.from }];
}

/** The spans with the stretches told in which the run was dead: what a slot was in the middle of went on only after. Pure. */
export function withDeadSpans(
  spans: readonly Span[],
  dead: readonly { readonly from: number; readonly to: number }[],
): readonly Span[] {
  return dead.reduce((told, { from, to }) => {
    const before = told.filter((span) => span.from < from);
    const then = told.findLast((span) => span.from <= to);
    if (before.length === 0 || !then) return told;
    const after = told.filter((span) => span.from > to);
    return [...before, { kind: 'dead', task: null, from }, { ...then, from: to }, ...after];
  }, spans);
}

/** Whether a slot spends its time in the same way. Pure. */
export function isSameSpan(left: Omit<Span, 'from'>, right: Omit<Span, 'from'>): boolean {
  return left.kind === right.kind && left.task === right.task;
}

/** Makes room for many more at once, since it looks at all of them. */
function bounded(spans: readonly Span[]): readonly Span[] {
  if (spans.length <= MOST_SPANS) return spans;
  // The last one is not over yet.
  const pairs = spans
    .slice(1, -1)
    .map((_, index) => (spans[index + 2]?.from ?? 0) - (spans[index]?.from ?? 0));
  const short = pairs.toSorted((left, right) => left - right)[Math.floor(pairs.length / 4)] ?? 0;
  const kept: Span[] = [];
  for (let index = 0; index < spans.length; index += 1) {
    const left = spans[index];
    if (!left) break;
    const right = spans[index + 1];
    const next = spans[index + 2];
    const joins = right !== undefined && next !== undefined && next.from - left.from <= short;
    kept.push(joins ? together(left, right, next.from) : left);
    if (joins) index += 1;
  }
  return owning(kept);
}

function together(left: Span, right: Span, end: number): Span {
  const longer = right.from - left.from >= end - right.from ? left : right;
  const { kind } = longer;
  return { kind, task: left.kind === right.kind ? null : longer.task, from: left.from };
}
