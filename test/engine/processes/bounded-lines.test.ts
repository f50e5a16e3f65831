import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedLines, type BoundedLine } from '../../../source/engine/processes/bounded-lines.js';

function linesOf(bytes: Buffer, cuts: readonly number[], maxBytes: number): readonly BoundedLine[] {
  const lines = new BoundedLines(maxBytes);
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
  return [...chunks.flatMap((chunk) => lines.push(chunk)), ...lines.end()];
}

const outputs = fc
  .array(fc.constantFrom('a', 'é', '🙂', '\n', '\r\n', '\r', 'word ', '{"k":1}'), { maxLength: 60 })
  .map((pieces) => Buffer.from(pieces.join('')));
const cuts = fc.array(fc.nat(500), { maxLength: 20 });

describe('BoundedLines', () => {
  test('gives the same lines however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(outputs, cuts, fc.integer({ min: 1, max: 200 }), (bytes, cuts, maxBytes) => {
        expect(linesOf(bytes, cuts, maxBytes)).toEqual(linesOf(bytes, [], maxBytes));
      }),
    );
  });

  test('gives every line whole when none is too long', () => {
    fc.assert(
      fc.property(outputs, cuts, (bytes, cuts) => {
        const expected = bytes
          .toString()
          .split('\n')
          .map((line) => line.replace(/\r$/, ''));
        if (bytes.length === 0 || bytes.at(-1) === 0x0a) expected.pop();
        expect(linesOf(bytes, cuts, 10_000)).toEqual(expected.map((text) => ({ text, cut: false })));
      }),
    );
  });

  test('never gives more bytes than it may hold, and tells a cut', () => {
    fc.assert(
      fc.property(outputs, cuts, fc.integer({ min: 1, max: 20 }), (bytes, cuts, maxBytes) => {
        const lines = linesOf(bytes, cuts, maxBytes);
        for (const { text } of lines) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
        const tooLong = bytes
          .toString()
          .split('\n')
          .filter((line) => Buffer.byteLength(line) > maxBytes);
        expect(lines.filter(({ cut }) => cut)).toHaveLength(tooLong.length);
      }),
    );
  });

  test('gives the beginning of an endless line at once, and goes on at the next', () => {
    const lines = new BoundedLines(4);
    expect(lines.push(Buffer.from('abcdef'))).toEqual([{ text: 'abcd', cut: true }]);
    expect(lines.push(Buffer.from('ghi'))).toEqual([]);
    expect(lines.push(Buffer.from('j\nnext\n'))).toEqual([{ text: 'next', cut: false }]);
  });
});
