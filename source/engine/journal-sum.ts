import { createHash } from 'node:crypto';

/** How a line with a checksum begins, and one of an earlier hew without: no flip of bits makes one of the other. */
const WITH_SUM = /^\{"sum":"([0-9a-f]{16})",$/;
const WITHOUT_SUM = '{"v":';
const HEAD_BYTES = '{"sum":"0123456789abcdef",'.length;

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

/** Checks one line, given as its bytes without the newline. Pure. */
export function checkSum(line: Uint8Array, before: string): SumCheck {
  const head = Buffer.from(line.subarray(0, HEAD_BYTES)).toString('latin1');
  const sum = WITH_SUM.exec(head)?.[1];
  if (sum !== undefined) {
    return { kind: sum === sumOf(before, line.subarray(HEAD_BYTES)) ? 'right' : 'wrong', sum };
  }
  return { kind: head.startsWith(WITHOUT_SUM) && before === FIRST_SUM ? 'none' : 'wrong', sum: before };
}

function sumOf(before: string, rest: string | Uint8Array): string {
  return createHash('sha256').update(before).update(rest).digest('hex').slice(0, 16);
}
