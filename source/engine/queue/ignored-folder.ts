import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes the folder of the file at `path`, and in it a `.gitignore` for everything, so that git never sees what hew
 * keeps there. A `.gitignore` that exists is left as it is. Rejects with the error of the file system.
 */
export async function makeIgnoredFolder(path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
