import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepInList, moveInList } from '../../source/components/list-state.js';

const KEYS = ['j', 'k', 'up', 'down', 'page up', 'page down', 'b', ' ', 'g', 'G', 'home', 'end'] as const;

describe('moveInList', () => {
  it.each([
    ['j', 51],
    ['down', 51],
    ['k', 49],
    ['up', 49],
    ['page down', 60],
    [' ', 60],
    ['page up', 40],
    ['b', 40],
    ['g', 0],
    ['home', 0],
    ['G', 99],
    ['end', 99],
  ])('moves by %j', (key, selected) => {
    expect(moveInList(key, { selected: 50, first: 45 }, { count: 100, page: 10 })?.selected).toBe(selected);
  });

  it('leaves other keys alone', () => {
    expect(moveInList('x', { selected: 0, first: 0 }, { count: 100, page: 10 })).toBeNull();
  });

  it('keeps the selected row in the list and on the screen, and shows as many rows as there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...KEYS)),
        fc.array(fc.record({ count: fc.nat(60), page: fc.integer({ min: 1, max: 20 }) }), { minLength: 1 }),
        (keys, sizes) => {
          let place = { selected: 0, first: 0 };
          for (const [index, key] of keys.entries()) {
            const size = sizes[index % sizes.length] ?? { count: 0, page: 1 };
            place = moveInList(key, place, size) ?? place;
            expect(place).toEqual(keepInList(place, size));
            expect(place.selected).toBeGreaterThanOrEqual(place.first);
            expect(place.selected).toBeLessThan(place.first + size.page);
            expect(place.selected).toBeLessThan(Math.max(1, size.count));
            expect(place.first).toBeLessThanOrEqual(Math.max(0, size.count - size.page));
            expect(place.first).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});
