import type { z } from 'zod';
import { nearestName } from './nearest-name.js';
import { SETTING_NAMES } from './settings-schema.js';

/** What to say of a key that is no setting: the name that was meant, in this section or another, else what there is. */
function unknownSetting(section: string | null, key: string): string {
  if (section === null) {
    const sections = Object.keys(SETTING_NAMES);
    const meant = nearestName(key.replaceAll('-', '_'), sections);
    if (meant !== null) return `${key} is not a section; did you mean [${meant}]?`;
    const home = sections.find((name) => SETTING_NAMES[name]?.includes(key));
    if (home !== undefined) return `${key} is not a section; did you mean ${key} below [${home}]?`;
    return `${key} is not a section; there are ${sections.map((name) => `[${name}]`).join(', ')}`;
  }
  const siblings = SETTING_NAMES[section] ?? [];
  const name = `${section}.${key}`;
  const meant = nearestName(key.replaceAll('-', '_'), siblings);
  if (meant !== null) return `${name} is not a setting; did you mean ${meant}?`;
  const elsewhere = Object.entries(SETTING_NAMES).find(([, keys]) => keys.includes(key));
  if (elsewhere !== undefined)
    return `${name} is not a setting; did you mean ${key} below [${elsewhere[0]}]?`;
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

/** `loop.jobs`, `worktree.copy[2]`. */
function pathName(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

/** Every problem that the schema found in `.hew.toml`, one line each, without the file's name. Pure. */
export function settingsProblems(error: z.ZodError, read: unknown): readonly string[] {
  return error.issues.flatMap((issue) => {
    const [section] = issue.path;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownSetting(section === undefined ? null : String(section), key));
    }
    const name = pathName(issue.path);
    const value = shownValue(read, issue.path);
    if (issue.path.length === 1)
      return [`${name} must be a section: write [${name}] on a line of its own, not ${value}`];
    return [`${name} = ${value} ${issue.message}`];
  });
}
