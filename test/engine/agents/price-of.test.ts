import { expect, test } from 'vitest';
import { priceOf } from '../../../source/engine/agents/price-of.js';
import { NO_TOKENS } from '../../../source/engine/ports.js';

const price = { input: 1.25, output: 10, cache_read: 0.125, cache_create: 1.25 };

test('prices each kind of token by the million, to the last digit', () => {
  expect(priceOf({ input: 3000, output: 120, cache_read: 12_000, cache_create: 0 }, price)).toBe(0.00645);
  expect(priceOf({ input: 0, output: 0, cache_read: 0, cache_create: 1_000_000 }, price)).toBe(1.25);
});

test('what no usage was told of has no price, not the price 0', () => {
  expect(priceOf(NO_TOKENS, price)).toBeNull();
});
