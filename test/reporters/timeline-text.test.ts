import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { summarise } from '../../source/engine/summary.js';
import { timelineBar, timelineLegend, timelineText } from '../../source/reporters/timeline-text.js';
import { eventSequences } from '../event-sequences.js';
import { taskIdSchema } from '../../source/engine/ids.js';
import type { Span, SpanKind } from '../../source/engine/timeline.js';

function span(from: number, kind: SpanKind, task: string | null = null): Span {
  return { from, kind, task: task === null ? null : taskIdSchema.parse(task) };
}

describe('timelineText', () => {
  it('is exactly as wide as it should be, for any run and at every width', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        const { timeline } = summarise(events.reduce(reduce, EMPTY_STATE), new Date());
        if (timeline === null) return;
        for (let columns = 40; columns <= 300; columns += 1) {
          const lines = timelineText(timeline, columns);
          expect(lines).toHaveLength(timeline.slots.length + 1);
          expect(lines.filter((line) => line.length !== columns)).toEqual([]);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('gives every slot its place, and names the marks that it uses', () => {
    const slots = [
      {
        slot: 1,
        spans: [span(0, 'work', 'app-1'), span(30, 'merge_turn', 'app-1'), span(40, 'work', 'app-2')],
      },
      { slot: 16, spans: [span(0, 'usage_limit'), span(20, 'nothing_ready')] },
    ];
    const [, ...bars] = timelineText({ from: 0, to: 60, slots }, 29);
    expect(bars).toEqual([' slot 1  app-1#####===app-2##', ' slot 16 ~~~~~~~.............']);
    expect(timelineLegend({ from: 0, to: 60, slots })).toEqual([
      '# work',
      '. nothing ready',
      '= waits for merge',
      '~ usage limit',
    ]);
  });
});

describe('timelineBar', () => {
  it('shows in each column what took most of its time', () => {
    const spans = [span(0, 'idle'), span(4, 'work', 'a'), span(16, 'paused'), span(20, 'finished')];
    expect(timelineBar(spans, { from: 0, to: 40 }, 4)).toBe('a#  ');
    expect(timelineBar(spans, { from: 0, to: 40 }, 10)).toBe(' a##:     ');
  });

  it('shows what was short rather than nothing', () => {
    expect(timelineBar([span(0, 'work', 'a'), span(1, 'finished')], { from: 0, to: 1000 }, 4)).toBe('#   ');
  });

  it('fills its width of a run that has taken no time', () => {
    expect(timelineBar([span(5, 'work', 'app-1')], { from: 5, to: 5 }, 12)).toBe('app-1#######');
    expect(timelineBar([], { from: 5, to: 9 }, 3)).toBe('   ');
  });
});
