import type { z } from 'zod';
import { nearestName } from './nearest-name.js';
import { PRICE_SECTION, SETTING_NAMES } from './settings-schema.js';

/** The section that a path of the file leads to, as {@link SETTING_NAMES} calls it; null for the file itself. */
function sectionAt(path: readonly PropertyKey[]): string | null {
  if (path.length === 0) return null;
  return path[0] === 'prices' && path.length === 2 ? PRICE_SECTION : pathName(path);
}

/** What to say of a key that is no setting: the name that was meant, in this section or another, else what there is. */
function unknownSetting(path: readonly PropertyKey[], key: string): string {
  const section = sectionAt(path);
  const elsewhere = Object.keys(SETTING_NAMES).find(
    (name) => name !== 'agents' && SETTING_NAMES[name]?.includes(key),
  );
  if (section === null) {
    const sections = [...new Set(Object.keys(SETTING_NAMES).map((name) => name.split('.')[0] ?? name))];
    const meant = nearestName(key.replaceAll('-', '_'), sections);
    if (meant !== null) return `${key} is not a section; did you mean [${meant}]?`;
    if (elsewhere !== undefined) return `${key} is not a section; did you mean ${key} below [${elsewhere}]?`;
    return `${key} is not a section; there are ${sections.map((name) => `[${name}]`).join(', ')}`;
  }
  const siblings = SETTING_NAMES[section] ?? [];
  const name = pathName([...path, key]);
  const meant = nearestName(key.replaceAll('-', '_'), siblings);
  if (meant !== null) return `${name} is not a setting; did you mean ${meant}?`;
  if (elsewhere !== undefined) return `${name} is not a setting; did you mean ${key} below [${elsewhere}]?`;
  return `${name} is not a setting; [${section}] has ${siblings.join(', ')}`;
}

/** The value that stands at a path of what was read, shown so that it can be found in the file; at most 60 letters. */
function shownValue(root: unknown, path: readonly PropertyKey[]): string {
  let value: unknown = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return '';
    value = Reflect.get(value, key);
  }
  if (value === undefined) return '';
  // JSON has no word for infinity and NaN, which TOML allows.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** `loop.jobs`, `worktree.copy[2]`, `prices."gpt-5.5".input`. */
function pathName(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const key = String(part);
      return `${index > 0 ? '.' : ''}${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}`;
    })
    .join('');
}

/** Every problem that the schema found in `.hew.toml`, one line each, without the file's name. Pure. */
export function settingsProblems(error: z.ZodError, read: unknown): readonly string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownSetting(issue.path, key));
    const name = pathName(issue.path);
    const value = shownValue(read, issue.path);
    if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => `${name} ${message}`);
    if (value === '') return [`${name} is missing: it ${issue.message}`];
    if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record'))
      return [`${name} must be a section: write [${name}] on a line of its own, not ${value}`];
    return [`${name} = ${value} ${issue.message}`];
  });
}
