import process from 'node:process';
import { plainText } from '../engine/plain-text.js';

/** Prints lines to stdout, each made safe to show in a terminal. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${plainText(line)}\n`).join(''));
}
