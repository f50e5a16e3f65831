import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LastLines, LINE_LENGTH, TAIL_BYTES, TAIL_LINES } from '../../../source/engine/gate/last-lines.js';

function tailOf(lines: readonly string[]): string {
  const tail = new LastLines();
  for (const line of lines) tail.add(line);
  return tail.text();
}

describe('LastLines', () => {
  it('keeps the last lines, without empty ones at either end', () => {
    expect(tailOf([])).toBe('');
    expect(tailOf(['', 'a', '', 'b', '', ''])).toBe('a\n\nb');
    const many = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    expect(tailOf(many)).toBe(many.slice(-TAIL_LINES).join('\n'));
  });

  it('frees lines of control sequences, and cuts long ones', () => {
    expect(tailOf(['\u001B[31mred\u001B[0m', '10%\r100%', '\u001B]0;title\u0007x'])).toBe('red\n100%\nx');
    expect(tailOf(['y'.repeat(5000)])).toBe(`${'y'.repeat(LINE_LENGTH - 1)}…`);
  });

  it('never gives more than its bounds, nor a control character, whatever comes', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.string({ unit: 'grapheme', minLength: 900, maxLength: 1100 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const text = tailOf(lines);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(TAIL_BYTES);
        expect(text.split('\n').length).toBeLessThanOrEqual(TAIL_LINES);
        expect(text).toMatch(/^[^\p{Cc}]*(\n[^\p{Cc}]*)*$/u);
        expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
