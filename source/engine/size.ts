import { z } from 'zod';

/** As makers of disks count: a thousand bytes to the KB; the units with an `i` count by 1024. */
const UNITS: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};
const SIZE = /^(\d+(?:\.\d+)?) ?([KMGT]i?B)$/i;

/**
 * An amount of bytes that came from outside, such as `"2GB"`; 0 turns off what it limits. Any other bare number is refused,
 * since nobody can tell what it counts.
 */
export const sizeSchema = z.unknown().transform((value, context): number => {
  if (value === 0) return 0;
  const match = typeof value === 'string' ? SIZE.exec(value.trim()) : null;
  const unit = UNITS[match?.[2]?.toUpperCase() ?? ''];
  if (match && unit !== undefined) return Math.round(Number(match[1]) * unit);
  context.addIssue({
    code: 'custom',
    message: 'is not a size: write it like "500MB" or "2GB", or 0 for none',
  });
  return z.NEVER;
});

/** A size in words, of which one digit behind the point is told below ten: `1.5 GB`, `312 MB`. Pure. */
export function sizeText(bytes: number): string {
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : [1e6, 'MB'];
  const amount = bytes / unit;
  return `${amount < 10 ? Math.floor(amount * 10) / 10 : Math.floor(amount)} ${name}`;
}
