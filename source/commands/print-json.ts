import process from 'node:process';

/** What could drive or deceive a terminal and what JSON leaves as it is: C1, bidirectional marks, line separators. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Prints a value to stdout as JSON. It reads back as the same value, and is safe to show in a terminal. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2).replaceAll(UNSAFE, escaped)}\n`);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
