import { describe, expect, it } from 'vitest';
import { scrollBy } from '../../source/components/scroll.js';

describe('scrollBy', () => {
  it.each([
    ['j', 51],
    ['down', 51],
    ['k', 49],
    ['up', 49],
    ['page down', 60],
    [' ', 60],
    ['page up', 40],
    ['g', 0],
    ['home', 0],
    ['G', 90],
    ['end', 90],
    ['q', null],
  ])('scrolls by %j', (key, first) => {
    expect(scrollBy(key, { lines: 100, page: 10, first: 50 })).toBe(first);
  });

  it('stays within what there is, and scrolls nothing that is seen whole', () => {
    expect(scrollBy('page down', { lines: 100, page: 10, first: 85 })).toBe(90);
    expect(scrollBy('page up', { lines: 100, page: 10, first: 5 })).toBe(0);
    expect(scrollBy('j', { lines: 10, page: 10, first: 0 })).toBeNull();
  });
});
