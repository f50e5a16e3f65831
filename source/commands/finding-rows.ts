import stringWidth from 'string-width';
import type { Finding } from '../engine/doctor/finding.js';
import { plainText } from '../engine/plain-text.js';

const HEADING = ['', '', 'state', 'version', 'found at'];

/** A line for each finding, in columns, and below it what to do and what to know. Pure. */
export function findingRows(findings: readonly Finding[]): readonly string[] {
  const cells = findings.map(({ kind, name, version, found_at, ...finding }) =>
    [kind, name, stateOf(finding, found_at), version ?? '-', found_at ?? '-'].map(plainText),
  );
  const widths = HEADING.map((_, column) =>
    Math.max(...[HEADING, ...cells].map((row) => stringWidth(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd();
  const indent = ' '.repeat((widths[0] ?? 0) + 2);
  return [
    line(HEADING),
    ...findings.flatMap((finding, index) => [
      line(cells[index] ?? []),
      ...[finding.advice, finding.note].flatMap((text) =>
        text === null ? [] : text.split('\n').map((each) => `${indent}${each}`),
      ),
    ]),
  ];
}

function stateOf({ usable }: Pick<Finding, 'usable'>, found_at: string | null): string {
  if (usable) return 'usable';
  return found_at === null ? 'missing' : 'not usable';
}
