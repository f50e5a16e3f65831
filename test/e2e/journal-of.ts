import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitProject } from '../git-project.js';

/** What the journal of the project's only run holds. */
export async function journalOf(project: GitProject): Promise<string> {
  const folder = join(project.path, '.hew', 'loop');
  const [run = ''] = await readdir(folder);
  return readFile(join(folder, run, 'events.jsonl'), 'utf8');
}
