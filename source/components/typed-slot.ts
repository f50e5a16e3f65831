/** A digit that may be the first of two, and when it was typed. */
export interface TypedDigit {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How long the second digit of a slot's number may take. */
const SECOND_DIGIT_MS = 1_000;

/** The slot that digits name, two that follow each other being one number where there are so many slots. Pure. */
export function typedSlot(
  before: TypedDigit | null,
  key: string,
  { count, now }: { readonly count: number; readonly now: number },
): { readonly number: number; readonly digit: TypedDigit | null } {
  const joined = before && now - before.at < SECOND_DIGIT_MS ? Number(`${before.number}${key}`) : Number(key);
  const number = joined <= count ? joined : Number(key);
  return { number, digit: number * 10 <= count ? { number, at: now } : null };
}
