import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReadingPace } from '../../../source/engine/processes/reading-pace.js';

/** As many short writes wait in a pipe's place before the program has to wait. */
const HELD = 256;

interface Program {
  /** Pieces that come at once, each with its lines and bytes. */
  readonly perMs: number;
  readonly bytes: number;
}

/** How long a program waits for its reader, and how often that is woken, in so many milliseconds. */
function simulate(
  { perMs, bytes }: Program,
  forMs: number,
): { readonly lost: number; readonly reads: number } {
  const pace = new ReadingPace();
  let [held, lost, reads, until] = [0, 0, 0, 0];
  for (let now = 0; now < forMs; now += 1) {
    const put = Math.min(HELD - held, perMs);
    if (put < perMs && held === HELD) lost += 1;
    held += put;
    if (now < until || held < 1) continue;
    const lines = Math.floor(held);
    held -= lines;
    reads += 1;
    until = now + pace.waitAfter({ lines, bytes: lines * bytes }, now);
  }
  return { lost, reads };
}

describe('ReadingPace', () => {
  test('takes few short lines together, ten times a second', () => {
    expect(simulate({ perMs: 0.06, bytes: 300 }, 10_000).reads).toBeLessThanOrEqual(100);
  });

  test('what comes after a silence is taken as it comes', () => {
    const pace = new ReadingPace();
    expect(pace.waitAfter({ lines: 1, bytes: 10 }, 0)).toBeGreaterThan(0);
    expect(simulate({ perMs: 0.005, bytes: 300 }, 10_000)).toEqual({ lost: 0, reads: 50 });
  });

  test('keeps no program waiting for more than its first gathering, however much it puts out', () => {
    const programs = fc.record({
      perMs: fc.double({ min: 0.001, max: 1000, noNaN: true }),
      bytes: fc.nat(100_000),
    });
    fc.assert(
      fc.property(programs, (program) => {
        expect(simulate(program, 3_000).lost).toBeLessThanOrEqual(100);
      }),
    );
  });
});
