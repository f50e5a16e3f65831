import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 50;
/** Whoever comes alone goes on after a while: the other may have been paused, or never started. */
const PATIENCE_MS = 60_000;

/** Tells in a folder that `name` is here, and waits there for `other`; at most a minute. */
export async function meetAt(folder: string, name: string, other: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), '');
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if (await isThere(join(folder, other))) return;
    await pause(LOOK_MS);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
