import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { GATED } from './loop-run.js';

const HEW = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
const BD = fileURLToPath(new URL('../fixtures/hanging-bd.sh', import.meta.url));

/** The minutes that hew gives a bd pass in seconds. */
const HASTY = `
  const slow = globalThis.setTimeout;
  globalThis.setTimeout = (work, ms, ...more) => slow(work, ms >= 60_000 ? ms / 60 : ms, ...more);
`;

test('a run whose bd hangs while it closes a task ends, and says what it waits for', async () => {
  await using project = await makeGitProject({ files: GATED });
  const bin = join(project.folder, 'bin');
  await mkdir(bin);
  await copyFile(BD, join(bin, 'bd'));
  await writeFile(join(bin, 'app-1'), 'open\n');
  const agent = join(bin, 'agent.sh');
  await writeFile(agent, 'echo x >"$HEW_TASK_ID"; echo "closed $HEW_TASK_ID"\n');
  const flags = ['--queue', 'beads', '--jobs', '2', '--max-iter', '1', '--agent-command', `sh ${agent}`];
  const hew = execa(process.execPath, [HEW, 'loop', 'run', ...flags], {
    cwd: project.path,
    env: {
      ...project.env,
      PATH: `${bin}:${project.env['PATH'] ?? ''}`,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(HASTY)}`,
    },
    extendEnv: false,
    reject: false,
  });
  let told = '';
  hew.stdout.on('data', (data) => (told += String(data)));
  await expect.poll(() => told, { timeout: 40_000 }).toMatch(/^ ended: /m);
  const stuck = Number(/if it is\s+stuck: kill (\d+)/.exec(told)?.[1]);
  expect(told).toMatch(/bd close has not ended within 60 s\. hew never cuts a write/);
  expect(told).toMatch(/app-1 is merged, but could not be closed/);
  // A write is never cut: a person ends it.
  process.kill(stuck);
  expect(await hew).toMatchObject({ exitCode: 1, stderr: '' });
  expect(await project.git('ls-tree', '--name-only', 'main')).toContain('app-1');
});
