import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WholeLines } from '../../../source/engine/processes/whole-lines.js';

const chunks = fc.array(
  fc.array(fc.constantFrom('a', 'bc', '\n'), { maxLength: 8 }).map((pieces) => Buffer.from(pieces.join(''))),
);

test('every byte is given on, in order, and short lines are never cut', () => {
  fc.assert(
    fc.property(chunks, (chunks) => {
      const whole = new WholeLines();
      const given = chunks.map((chunk) => whole.push(chunk));
      expect(given.filter((piece) => piece.length > 0 && piece.at(-1) !== 0x0a)).toEqual([]);
      expect(Buffer.concat([...given, whole.end()])).toEqual(Buffer.concat(chunks));
    }),
  );
});

test('of a line that is too long no more than the limit is held back', () => {
  fc.assert(
    fc.property(chunks, fc.nat(5), (chunks, maxBytes) => {
      const whole = new WholeLines(maxBytes);
      let held = 0;
      for (const chunk of chunks) {
        held += chunk.length - whole.push(chunk).length;
        expect(held).toBeLessThanOrEqual(Math.max(maxBytes, chunk.length));
      }
    }),
  );
});
