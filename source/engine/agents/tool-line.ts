import { isAbsolute, relative } from 'node:path';
import { plainLine } from '../plain-line.js';
import { plainText } from '../plain-text.js';

/** What tells most of a call, of whichever tool. */
const PATH_KEYS = ['file_path', 'notebook_path', 'path'];
const TEXT_KEYS = ['command', 'pattern', 'query', 'url', 'description', 'subject', 'skill', 'prompt'];

/**
 * One line for a call of a tool: `Edit source/client.ts`, `Bash npm test -- client`. A path inside `cwd` is given
 * relative to it. At most `length` UTF-16 units, free of control sequences. Pure.
 */
export function toolLine(
  name: string,
  input: Readonly<Record<string, unknown>>,
  cwd: string | null,
  length: number,
): string {
  const textOf = (key: string): string | undefined => {
    const value = input[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const text = TEXT_KEYS.map(textOf).find((found) => found !== undefined);
  const path = PATH_KEYS.map(textOf).find((found) => found !== undefined);
  // A search has both: what is searched for tells more than where.
  const subject = text ?? (path === undefined ? '' : shortPath(path, cwd));
  return plainLine(plainText(`${name} ${subject.slice(0, 2 * length)}`), length);
}

function shortPath(path: string, cwd: string | null): string {
  if (cwd === null || !isAbsolute(path)) return path;
  const inside = relative(cwd, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
