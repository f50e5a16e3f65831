/** Tokens are counted in spans of this length. */
const SPAN_MS = 20_000;
const SPANS_A_MINUTE = 60_000 / SPAN_MS;
/** Five minutes. */
const MOST_SPANS = 15;
/** Beside those that are over, the one that goes on. */
const KEPT_SPANS = MOST_SPANS + 1;

/** How many tokens were used lately, in spans of twenty seconds. Immutable, and never longer than five minutes and the span that goes on. */
export interface TokenRate {
  /** The number of the last span, counted since 1970. */
  readonly last: number;
  /** The tokens of the last spans, oldest first. */
  readonly tokens: readonly number[];
}

/** Before any token was used. */
export const NO_TOKENS_YET: TokenRate = { last: 0, tokens: [] };

/** Counts tokens that were used at a time, in milliseconds since 1970. What is older than five minutes is forgotten. Pure. */
export function countTokens(rate: TokenRate, at: number, tokens: number): TokenRate {
  // A clock that goes back must not make a second span of one that there is.
  const span = Math.max(rate.last, Math.floor(at / SPAN_MS));
  const between = rate.tokens.length === 0 ? 1 : Math.min(KEPT_SPANS, span - rate.last);
  const moved = [...rate.tokens, ...Array.from({ length: between }, () => 0)].slice(-KEPT_SPANS);
  const now = moved.pop() ?? 0;
  return { last: span, tokens: [...moved, now + tokens] };
}

/** Tokens per minute in each of the last spans that are over, oldest first; always as many. Pure. */
export function tokensPerMinute(rate: TokenRate, now: number): readonly number[] {
  const first = Math.floor(now / SPAN_MS) - MOST_SPANS;
  const begin = rate.last - rate.tokens.length + 1;
  return Array.from({ length: MOST_SPANS }, (_, index) => {
    const place = first + index - begin;
    return (place < 0 ? 0 : (rate.tokens[place] ?? 0)) * SPANS_A_MINUTE;
  });
}

/** Tokens of the last minute that is over. Pure. */
export function tokensOfLastMinute(rate: TokenRate, now: number): number {
  const lastSpans = tokensPerMinute(rate, now).slice(-SPANS_A_MINUTE);
  return lastSpans.reduce((sum, tokens) => sum + tokens, 0) / SPANS_A_MINUTE;
}
