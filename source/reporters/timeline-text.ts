import type { Timeline } from '../engine/summary.js';
import type { Span, SpanKind } from '../engine/timeline.js';
import { formatClock } from './formats.js';

/** A letter for each; what is told by none is empty. */
const MARKS: Readonly<Record<SpanKind, string>> = {
  work: '#',
  merge_turn: '=',
  usage_limit: '~',
  back_off: '^',
  disk: '!',
  nothing_ready: '.',
  paused: ':',
  idle: ' ',
  removed: ' ',
  finished: ' ',
  dead: '-',
};

const LEGEND: Readonly<Partial<Record<SpanKind, string>>> = {
  work: 'work',
  merge_turn: 'waits for merge',
  usage_limit: 'usage limit',
  back_off: 'backs off',
  disk: 'no room on disk',
  nothing_ready: 'nothing ready',
  paused: 'paused',
  dead: 'hew was not running',
};

/** As wide as ` slot 16 `. */
const HEAD_WIDTH = 9;
const CLOCK_WIDTH = 5;
const MINUTE = 60_000;

/**
 * What every slot did when, a line a slot, each exactly `columns` wide; above them the time of day, below them what the
 * marks mean, which may be longer. Pure, but for the time zone of the clock.
 */
export function timelineText(timeline: Timeline, columns: number): readonly string[] {
  const width = Math.max(1, columns - HEAD_WIDTH);
  const bars = timeline.slots.map(({ slot, spans }) => {
    const head = ` slot ${slot}`.padEnd(HEAD_WIDTH);
    return head + timelineBar(spans, timeline, width);
  });
  return [' '.repeat(HEAD_WIDTH) + clockLine(timeline, width), ...bars];
}

/** What the marks of these spans mean; empty where there is none. Pure. */
export function timelineLegend({ slots }: Timeline): readonly string[] {
  const met = new Set(slots.flatMap(({ spans }) => spans.map(({ kind }) => kind)));
  return [...met].flatMap((kind) => (kind in LEGEND ? [`${MARKS[kind]} ${LEGEND[kind]}`] : [])).sort();
}

/** Neighbouring columns that one span took most of the time of; null where there is none. */
interface Stretch {
  readonly span: Span | null;
  readonly columns: number;
}

/** A slot's time in exactly `width` columns, with the tasks' ids where there is room for them. Pure. */
export function timelineBar(
  spans: readonly Span[],
  { from, to }: Pick<Timeline, 'from' | 'to'>,
  width: number,
): string {
  return stretches(spans, { from, to }, width)
    .map(({ span, columns }) => {
      const mark = span === null ? ' ' : MARKS[span.kind];
      // One mark at least follows the id, so that it is seen where it ends.
      const label =
        span?.kind === 'work' && span.task !== null && span.task.length < columns ? span.task : '';
      return label + mark.repeat(columns - label.length);
    })
    .join('');
}

function stretches(
  spans: readonly Span[],
  { from, to }: Pick<Timeline, 'from' | 'to'>,
  width: number,
): readonly Stretch[] {
  const found: Stretch[] = [];
  let first = 0;
  for (let column = 0; column < width; column += 1) {
    const begin = from + ((to - from) * column) / width;
    const end = from + ((to - from) * (column + 1)) / width;
    // Spans follow each other: what is over is not looked at again.
    while (first + 1 < spans.length && (spans[first + 1]?.from ?? to) <= begin) first += 1;
    const span = longestIn(spans, first, begin, end);
    const last = found.at(-1);
    if (last && last.span === span) found[found.length - 1] = { span, columns: last.columns + 1 };
    else found.push({ span, columns: 1 });
  }
  return found;
}

/** The span that takes most of the time between two moments, the earlier of equal ones; one without a mark only where no other does. */
function longestIn(spans: readonly Span[], first: number, begin: number, end: number): Span | null {
  let longest: Span | null = null;
  let most = -1;
  for (let index = first; index < spans.length; index += 1) {
    const span = spans[index];
    if (!span || span.from > end) break;
    const until = Math.min(end, spans[index + 1]?.from ?? end);
    const isUnmarked = MARKS[span.kind] === ' ';
    const time = isUnmarked ? 0 : until - Math.max(begin, span.from);
    if (time > most) [longest, most] = [span, time];
  }
  return longest;
}

/** The time of day at the begin, in the middle and at the end, in exactly `width` columns. */
function clockLine({ from, to }: Timeline, width: number): string {
  const clock = (at: number): string => {
    const text = formatClock(new Date(at).toISOString());
    return to - from < 10 * MINUTE ? text : text.slice(0, CLOCK_WIDTH);
  };
  const [begin, middle, end] = [clock(from), clock((from + to) / 2), clock(to)];
  const room = width - begin.length - end.length;
  if (room < 1) return begin.slice(0, width).padEnd(width);
  if (room < middle.length + 2) return begin + ' '.repeat(room) + end;
  const left = Math.floor((room - middle.length) / 2);
  return begin + ' '.repeat(left) + middle + ' '.repeat(room - middle.length - left) + end;
}
