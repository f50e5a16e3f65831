import type { TokenCount } from '../ports.js';

/** Both counts together. Pure. */
export function plus(one: TokenCount, other: TokenCount): TokenCount {
  return combine(one, other, (a, b) => a + b);
}

/** The larger of two counts of the same tokens, by kind. Pure. */
export function larger(one: TokenCount, other: TokenCount): TokenCount {
  return combine(one, other, Math.max);
}

/** One count without the other. Pure. */
export function less(one: TokenCount, other: TokenCount): TokenCount {
  return combine(one, other, (a, b) => a - b);
}

function combine(one: TokenCount, other: TokenCount, by: (a: number, b: number) => number): TokenCount {
  return {
    input: by(one.input, other.input),
    output: by(one.output, other.output),
    cache_read: by(one.cache_read, other.cache_read),
    cache_create: by(one.cache_create, other.cache_create),
  };
}
