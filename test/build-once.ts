import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type RolldownOptions } from 'rolldown';
import shipped from '../rolldown.config.js';
import { BUILT_PROGRAMS } from './built-programs.js';
import programs from './programs/rolldown.config.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

/**
 * Vitest's global setup: brings `dist/` and the tests' own programs up to the source once a test run, so that tests can start
 * them. Types are not checked here (`npm run lint` does that).
 */
export default async function buildOnce(): Promise<void> {
  await Promise.all([bundle(shipped, DIST), bundle(programs, BUILT_PROGRAMS)]);
  await chmod(join(DIST, 'bin.js'), 0o755);
}

/** Only files that differ are replaced, each in one step: a process of another test run never meets half a file. */
async function bundle(config: RolldownOptions, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  // Beside the files that it becomes, since a rename does not cross file systems.
  const fresh = await mkdtemp(join(ROOT, 'node_modules', '.hew-build-'));
  try {
    const bundled = await rolldown(config);
    const [output] = [config.output ?? []].flat();
    await bundled.write({ ...output, dir: fresh });
    await bundled.close();
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
