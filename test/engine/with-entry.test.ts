import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEntry } from '../../source/engine/with-entry.js';

/** Which version is changed (counted from the newest), and how. */
const changes = fc.array(fc.tuple(fc.nat(5), fc.nat(150), fc.nat(9)), { maxLength: 300 });

describe('withEntry', () => {
  it('gives what a copy would have given, of every version and in the same order', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const filled = Array.from({ length: 100 }, (_, index) => [index, index] as const);
        const copies = [new Map<number, number>(), new Map(filled)];
        const shared: ReadonlyMap<number, number>[] = [new Map<number, number>(), new Map(filled)];
        for (const [back, key, value] of steps) {
          const at = Math.max(0, copies.length - 1 - back);
          copies.push(new Map(copies[at]).set(key, value));
          shared.push(withEntry(shared[at]!, key, value));
          expect(shared[at]!.get(key)).toBe(copies[at]!.get(key));
        }
        for (const [index, copy] of copies.entries()) {
          const version = shared[index]!;
          for (let key = 0; key <= 150; key += 50) {
            expect([version.has(key), version.get(key)]).toEqual([copy.has(key), copy.get(key)]);
          }
          expect([...version]).toEqual([...copy]);
          expect([version.size, [...version.keys()], [...version.values()]]).toEqual([
            copy.size,
            [...copy.keys()],
            [...copy.values()],
          ]);
          const told: number[] = [];
          version.forEach((value, key) => told.push(key, value));
          expect(told).toEqual([...copy].flat());
        }
      }),
      { numRuns: 50 },
    );
  });
});
