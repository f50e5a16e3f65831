/** More than anybody reads; a message that is made of nothing but empty lists could be much longer. */
const MOST_LINES = 5_000;
const MOST_DEPTH = 12;

/** A value of JSON as lines for people: `key: value`, with what is inside of something indented, and texts line by line. Pure. */
export function readableValue(value: unknown): readonly string[] {
  const lines: string[] = [];
  addValue(lines, value, '', 0);
  return lines;
}

function addValue(lines: string[], value: unknown, name: string, depth: number): void {
  if (lines.length >= MOST_LINES) return;
  const indent = '  '.repeat(depth);
  if (typeof value !== 'object' || value === null) {
    const texts = String(value).split('\n');
    if (texts.length === 1) lines.push(`${indent}${name}${texts.join('')}`);
    else addTexts(lines, texts, name, indent);
    return;
  }
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  if (entries.length === 0 || depth >= MOST_DEPTH) {
    lines.push(`${indent}${name}${isList ? '[]' : '{}'}${entries.length === 0 ? '' : ' …'}`);
    return;
  }
  if (name !== '') lines.push(`${indent}${name.trimEnd()}`);
  const inner = name === '' ? depth : depth + 1;
  for (const [key, each] of entries) addValue(lines, each, isList ? '- ' : `${key}: `, inner);
}

function addTexts(lines: string[], texts: readonly string[], name: string, indent: string): void {
  if (name !== '') lines.push(`${indent}${name.trimEnd()}`);
  const inner = name === '' ? indent : `${indent}  `;
  for (const text of texts.slice(0, MOST_LINES - lines.length)) lines.push(`${inner}${text}`);
}
