import type { ModelPrice } from '../agent-settings.js';
import type { TokenCount } from '../ports.js';

const MILLION = 1_000_000;

/**
 * What tokens cost in US dollars. Null for none at all: a program that has told no usage has used something that is not
 * known, not nothing. Pure.
 */
export function priceOf(tokens: TokenCount, price: ModelPrice): number | null {
  const { input, output, cache_read, cache_create } = tokens;
  if (input + output + cache_read + cache_create === 0) return null;
  // Summed before it is divided: whole numbers of tokens and round prices then give the dollars to the last digit.
  const sum =
    input * price.input +
    output * price.output +
    cache_read * price.cache_read +
    cache_create * price.cache_create;
  return sum / MILLION;
}
