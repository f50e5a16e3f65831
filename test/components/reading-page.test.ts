import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { layPage, rowsOf } from '../../source/components/reading-page.js';
import type { TranscriptPart } from '../../source/engine/transcript/transcript.js';
import { EVIL_TEXTS } from './live-example.js';

const kind = fc.constantFrom('text', 'tool', 'result', 'error', 'gate', 'note', 'added', 'removed', 'place');
const line = fc.record({
  kind,
  text: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(...EVIL_TEXTS)),
});
const lines = fc.array(line, { minLength: 1, maxLength: 4 });
const parts = fc
  .array(fc.record({ brief: lines, whole: fc.option(lines) }), { maxLength: 12 })
  .map((made) =>
    made.map((part, index): TranscriptPart => ({ ...part, offset: 10 * index, next: 10 * index + 10 })),
  );

describe('rowsOf', () => {
  it('fits every row into the width, and loses no letter of what is plain', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 10, max: 90 }), (made, width) => {
        const rows = rowsOf(made, { width, unfolded: new Set([0, 20]) });
        expect(rows.filter(({ text }) => stringWidth(text) > width)).toEqual([]);
        expect(rows.length).toBeGreaterThanOrEqual(made.length);
      }),
    );
    const text = 'The clock in the test is real. I will inject it.';
    const part = { offset: 0, next: 9, brief: [{ kind: 'text', text } as const], whole: null };
    const rows = rowsOf([part], { width: 20, unfolded: new Set() });
    expect(rows.map((row) => row.text.trim()).join(' ')).toBe(text);
    expect(rows.map(({ place }) => place.row)).toEqual([0, 1, 2]);
  });

  it('marks what is folded, and what could be folded again', () => {
    const brief = [{ kind: 'tool', text: 'Bash ls' } as const];
    const part = {
      offset: 5,
      next: 9,
      brief,
      whole: [...brief, { kind: 'note', text: 'command: ls' } as const],
    };
    const textsOf = (unfolded: ReadonlySet<number>): readonly string[] =>
      rowsOf([part], { width: 40, unfolded }).map(({ text }) => text);
    expect(textsOf(new Set())).toEqual(['+> Bash ls']);
    expect(textsOf(new Set([5]))).toEqual(['-> Bash ls', '   . command: ls']);
  });
});

describe('layPage', () => {
  it('shows a page that is full wherever it can be, with the cursor on it', () => {
    const place = fc.record({ offset: fc.nat(150), row: fc.nat(5) });
    const by = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(
        parts,
        fc.integer({ min: 1, max: 30 }),
        place,
        place,
        by,
        by,
        (made, height, top, cursor, scroll, move) => {
          const rows = rowsOf(made, { width: 40, unfolded: new Set() });
          const page = layPage({ rows, height, top, cursor, scroll, move });
          expect(page.rows.length).toBe(Math.min(height, rows.length));
          if (rows.length === 0) return;
          const first = rows.findIndex((row) => row === page.rows[0]);
          expect(page.rows).toEqual(rows.slice(first, first + height));
          expect(page.rows[page.cursor]).toBeDefined();
        },
      ),
    );
  });

  it('moves the cursor over the page before it moves the page', () => {
    const made = Array.from({ length: 30 }, (_, index) => ({
      offset: index,
      next: index + 1,
      brief: [{ kind: 'gate', text: String(index) } as const],
      whole: null,
    }));
    const rows = rowsOf(made, { width: 40, unfolded: new Set() });
    const at = (offset: number) => ({ offset, row: 0 });
    const page = (top: number, cursor: number, move: number, scroll = 0): readonly number[] => {
      const laid = layPage({ rows, height: 10, top: at(top), cursor: at(cursor), move, scroll });
      return [laid.rows[0]?.place.offset ?? -1, laid.rows[laid.cursor]?.place.offset ?? -1];
    };
    expect(page(5, 7, 1)).toEqual([5, 8]);
    expect(page(5, 14, 1)).toEqual([6, 15]);
    expect(page(5, 5, -1)).toEqual([4, 4]);
    expect(page(5, 7, 10, 10)).toEqual([15, 17]);
    expect(page(15, 17, 10, 10)).toEqual([20, 27]);
    expect(page(0, 3, -10, -10)).toEqual([0, 0]);
  });
});
