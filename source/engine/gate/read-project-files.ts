import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GATE_FILES, type ProjectFiles } from './find-gate.js';

/**
 * Reads what `findGate` decides from: every file name of the folder, with the text of those that may hold a gate.
 * Rejects when the folder or one of those cannot be read.
 */
export async function readProjectFiles(folder: string): Promise<ProjectFiles> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const pairs = names.map(async (name): Promise<readonly [string, string]> => {
    // The names come from the folder and not from a guess: a file system without case would answer to both Makefiles.
    return [name, GATE_FILES.includes(name) ? await readFile(join(folder, name), 'utf8') : ''];
  });
  return Object.fromEntries(await Promise.all(pairs));
}
