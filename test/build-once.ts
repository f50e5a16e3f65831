import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

/**
 * Vitest's global setup: brings `dist/` up to the source once a test run, so that tests can start `dist/bin.js`. Types are
 * not checked here (`npm run types` does that). Only files that differ are replaced, each in one step: a process of
 * another test run that starts from `dist/` meanwhile never meets half a file.
 */
export default async function buildOnce(): Promise<void> {
  await mkdir(DIST, { recursive: true });
  // Beside the files that it becomes, since a rename does not cross file systems.
  const fresh = await mkdtemp(join(ROOT, 'node_modules', '.hew-build-'));
  try {
    await execa('rolldown', ['-c', '--dir', fresh], { cwd: ROOT, preferLocal: true });
    const files = await readdir(fresh, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const from = join(file.parentPath, file.name);
      await replace(from, join(DIST, from.slice(fresh.length)));
    }
    await chmod(join(DIST, 'bin.js'), 0o755);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function replace(from: string, to: string): Promise<void> {
  const [fresh, old] = await Promise.all([readFile(from), readFile(to).catch(() => null)]);
  if (old !== null && fresh.equals(old)) return;
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}
