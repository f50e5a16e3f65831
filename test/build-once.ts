import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { BUILT_MODULES } from './built-modules.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

/**
 * Vitest's global setup: brings `dist/` and the built modules up to the source once a test run, so that tests can start
 * them. Types are not checked here (`npm run types` does that).
 */
export default async function buildOnce(): Promise<void> {
  await Promise.all([
    build(DIST, (folder) => ['rolldown', ['-c', '--dir', folder]]),
    build(BUILT_MODULES, (folder) => [
      'tsc',
      ['-p', 'test/modules.tsconfig.json', '--noCheck', '--outDir', folder],
    ]),
  ]);
  await chmod(join(DIST, 'bin.js'), 0o755);
}

/** Only files that differ are replaced, each in one step: a process of another test run never meets half a file. */
async function build(
  target: string,
  command: (folder: string) => readonly [string, readonly string[]],
): Promise<void> {
  await mkdir(target, { recursive: true });
  // Beside the files that it becomes, since a rename does not cross file systems.
  const fresh = await mkdtemp(join(ROOT, 'node_modules', '.hew-build-'));
  try {
    const [program, args] = command(fresh);
    await execa(program, args, { cwd: ROOT, preferLocal: true });
    const files = await readdir(fresh, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const from = join(file.parentPath, file.name);
      await replace(from, join(target, from.slice(fresh.length)));
    }
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
