import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SKILL } from './skill.js';

/** The text that prompts begin with: that of the file (relative to home), or hew's own. Null, with a problem added, where the file cannot be used. */
export async function readSkill(
  file: string | null,
  home: string,
  problems: string[],
): Promise<string | null> {
  if (file === null) return SKILL;
  try {
    const text = (await readFile(resolve(home, file), 'utf8')).trim();
    if (text !== '') return text;
    problems.push(`--skill ${file} is empty. Write into it what every prompt is to begin with.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push(`--skill ${file} cannot be read: ${why}. It is relative to ${home}.`);
  }
  return null;
}
