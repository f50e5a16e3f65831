import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Layout, layOut, type Rectangle } from '../../source/components/layout.js';
import { neighbour } from '../../source/components/neighbour.js';

const request = fc
  .record({
    columns: fc.integer({ min: 80, max: 300 }),
    rows: fc.integer({ min: 24, max: 100 }),
    slots: fc.integer({ min: 1, max: 16 }),
    selected: fc.nat(15),
  })
  .map((sizes) => ({ ...sizes, selected: (sizes.selected % sizes.slots) + 1 }));

function rectangles({ header, heading, slots, tails, footer }: Layout): readonly Rectangle[] {
  return [header, ...slots, footer, ...(heading ? [heading] : []), ...tails];
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

describe('layOut', () => {
  it('has every slot, header and footer inside the screen, none over another', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const layout = layOut(asked);
        const all = rectangles(layout);
        expect(layout.slots.map(({ slot }) => slot)).toEqual(
          Array.from({ length: asked.slots }, (_, i) => i + 1),
        );
        for (const { x, y, width, height } of all) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
          expect(x + width).toBeLessThanOrEqual(asked.columns);
          expect(y + height).toBeLessThanOrEqual(asked.rows);
        }
        for (const [index, one] of all.entries()) {
          for (const other of all.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        }
        expect(layout.header.y).toBe(0);
        expect(layout.footer.y + layout.footer.height).toBe(asked.rows);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no line of the screen unused', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const layout = layOut(asked);
        const used = new Set(
          rectangles(layout).flatMap(({ y, height }) =>
            Array.from({ length: height }, (_, line) => y + line),
          ),
        );
        // A single line below a table is too little for the selected slot's tail.
        const spare = layout.mode === 'rows' && layout.tails.length === 0 ? 1 : 0;
        expect(used.size).toBeGreaterThanOrEqual(asked.rows - spare);
      }),
    );
  });

  it('has the selected slot among the panes below a table, the same ones while it moves among them', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { mode, tails } = layOut(asked);
        if (mode === 'panes' || tails.length === 0) return;
        const shown = tails.map(({ slot }) => slot);
        expect(shown).toContain(asked.selected);
        expect(shown).toEqual(Array.from({ length: shown.length }, (_, index) => (shown[0] ?? 0) + index));
        expect(shown.at(-1)).toBeLessThanOrEqual(asked.slots);
        const least = Math.min(...tails.map(({ height }) => height));
        expect(least).toBeGreaterThanOrEqual(tails.length > 1 ? 4 : 2);
      }),
    );
    const shownAt = (selected: number): readonly number[] =>
      layOut({ columns: 120, rows: 40, slots: 16, selected }).tails.map(({ slot }) => slot);
    expect([1, 3, 6].map(shownAt)).toEqual(Array.from({ length: 3 }, () => [1, 2, 3, 4, 5, 6]));
    expect(shownAt(7)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(shownAt(16)).toEqual([11, 12, 13, 14, 15, 16]);
  });

  it('gives the selected pane at least as much as any other', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { mode, slots } = layOut(asked);
        if (mode === 'rows') return;
        const selected = slots[asked.selected - 1]?.height ?? 0;
        expect(selected).toBeGreaterThanOrEqual(Math.max(...slots.map(({ height }) => height)) - 1);
      }),
    );
  });

  it('has panes as long as they show more than a row', () => {
    const modeOf = (columns: number, rows: number, slots: number): string =>
      layOut({ columns, rows, slots, selected: 1 }).mode;
    expect(modeOf(80, 24, 4)).toBe('panes');
    expect(modeOf(80, 24, 5)).toBe('rows');
    expect(modeOf(80, 24, 16)).toBe('rows');
    expect(modeOf(120, 40, 4)).toBe('panes');
    expect(modeOf(200, 50, 16)).toBe('panes');
  });

  it('keeps the selected slot on a screen that is too small for all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 79 }),
        fc.integer({ min: 4, max: 23 }),
        fc.integer({ min: 1, max: 16 }),
        (columns, rows, selected) => {
          const layout = layOut({ columns, rows, slots: 16, selected });
          expect(layout.slots.map(({ slot }) => slot)).toContain(selected);
          for (const { y, height } of rectangles(layout)) expect(y + height).toBeLessThanOrEqual(rows);
        },
      ),
    );
  });
});

describe('neighbour', () => {
  it('reaches every slot by arrows alone, and stays on the screen', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const layout = layOut({ ...asked, selected: 1 });
        const reached = new Set([1]);
        for (const slot of reached) {
          for (const direction of ['up', 'down', 'left', 'right'] as const) {
            const next = neighbour(layout, asked.slots, slot, direction);
            expect(next).toBeGreaterThanOrEqual(1);
            expect(next).toBeLessThanOrEqual(asked.slots);
            reached.add(next);
          }
        }
        expect(reached.size).toBe(asked.slots);
      }),
    );
  });
});
