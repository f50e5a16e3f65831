import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { temporaryFolder } from '../temporary-folder.js';

/** Vitest's global setup for the tests against the real bd, which `HEW_TEST_BD` names: makes the workspace they copy. */
export default async function makeWorkspace(project: TestProject): Promise<() => Promise<void>> {
  const bd = process.env['HEW_TEST_BD'];
  if (!bd) throw new Error('HEW_TEST_BD names no bd. Run npm run test:beads, which builds one.');
  const folder = await temporaryFolder();
  const cwd = folder.at('made');
  await mkdir(cwd);
  const env = {
    PATH: process.env['PATH'],
    HOME: folder.path,
    BD_DISABLE_METRICS: '1',
    BD_NON_INTERACTIVE: '1',
  };
  const options = { cwd, env, extendEnv: false } as const;
  await execa('git', ['init', '--quiet'], options);
  await execa(bd, ['init', '--prefix=app', '--quiet', '--skip-agents', '--skip-hooks'], options);
  project.provide('beads', { bin: dirname(bd), workspace: folder.at('made', '.beads') });
  return async () => await folder[Symbol.asyncDispose]();
}
