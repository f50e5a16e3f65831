import { hash } from 'node:crypto';

/** How a line with a checksum begins, and one of an earlier hew without: no flip of bits makes one of the other. */
const WITH_SUM = '{"sum":"';
const AFTER_SUM = '",';
const WITHOUT_SUM = '{"v":';
const SUM_AT = WITH_SUM.length;
const SUM_LENGTH = 16;
const HEAD_LENGTH = SUM_AT + SUM_LENGTH + AFTER_SUM.length;

/** The checksum that the first line of a journal follows. */
export const FIRST_SUM = '';

/**
 * The text of an event with its checksum in front: 64 bits of SHA-256 over the checksum of the line before and all that
 * follows its own. So a line that was changed, lost, doubled or moved is told by itself or by the next. Pure.
 */
export function withSum(json: string, before: string): { readonly line: string; readonly sum: string } {
  const rest = json.slice(1);
  const sum = sumOf(before, rest);
  return { line: `{"sum":"${sum}",${rest}\n`, sum };
}

/** What the checksum of a line says, and which one the next line follows. */
export type SumCheck =
  | { readonly kind: 'right'; readonly sum: string }
  /** A line of a hew that wrote none. */
  | { readonly kind: 'none'; readonly sum: string }
  | { readonly kind: 'wrong'; readonly sum: string };

/** Checks one line, given as its text without the newline. Pure. */
export function checkSum(line: string, before: string): SumCheck {
  if (hasSum(line)) {
    const sum = line.slice(SUM_AT, SUM_AT + SUM_LENGTH);
    return { kind: sum === sumOf(before, line.slice(HEAD_LENGTH)) ? 'right' : 'wrong', sum };
  }
  return { kind: line.startsWith(WITHOUT_SUM) && before === FIRST_SUM ? 'none' : 'wrong', sum: before };
}

function hasSum(line: string): boolean {
  return line.startsWith(WITH_SUM) && line.startsWith(AFTER_SUM, SUM_AT + SUM_LENGTH);
}

function sumOf(before: string, rest: string): string {
  return hash('sha256', before + rest, 'hex').slice(0, 16);
}
