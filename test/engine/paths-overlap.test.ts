import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathsOverlap } from '../../source/engine/paths-overlap.js';

const path = fc
  .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));
const paths = fc.uniqueArray(path, { maxLength: 5 });

describe('pathsOverlap', () => {
  it('tells whether a path is the same as, or lies in, one of the other side', () => {
    fc.assert(
      fc.property(paths, paths, (one, other) => {
        const touches = (path: string, each: string): boolean =>
          path === each || path.startsWith(`${each}/`) || each.startsWith(`${path}/`);
        const expected = one.some((path) => other.some((each) => touches(path, each)));
        expect(pathsOverlap(new Set(one), new Set(other))).toBe(expected);
      }),
    );
  });
});
