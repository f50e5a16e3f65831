import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { GATED } from './loop-run.js';

const HEW = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
const BD = fileURLToPath(new URL('../fixtures/hanging-bd.sh', import.meta.url));

/** The minutes that hew gives a bd pass in seconds. */
const HASTY = `
  const slow = globalThis.setTimeout;
  globalThis.setTimeout = (work, ms, ...more) => slow(work, ms >= 60_000 ? ms / 60 : ms, ...more);
`;
/** The pid of the bd that hew says is stuck. */
const STUCK = /if it is\s+stuck: kill (\d+)/;

/** A project whose `bd` has these tasks and hangs in one command. */
async function hangingBd(project: GitProject, tasks: readonly string[], command: string): Promise<string> {
  const bin = join(project.folder, 'bin');
  await mkdir(bin);
  await copyFile(BD, join(bin, 'bd'));
  await writeFile(join(bin, 'hang'), `${command}\n`);
  for (const task of tasks) await writeFile(join(bin, task), 'open\n');
  return bin;
}

/** Starts a run of one attempt a task, and keeps what it tells. */
function startRun(project: GitProject, bin: string, agent: string, flags: readonly string[]) {
  const told = { text: '' };
  const all = ['--queue', 'beads', '--jobs', '2', '--attempts', '1', '--agent-command', `sh ${agent}`];
  const hew = execa(process.execPath, [HEW, 'loop', 'run', ...all, ...flags], {
    cwd: project.path,
    env: {
      ...project.env,
      PATH: `${bin}:${project.env['PATH'] ?? ''}`,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(HASTY)}`,
    },
    extendEnv: false,
    reject: false,
  });
  hew.stdout.on('data', (data) => (told.text += String(data)));
  const until = async (pattern: RegExp): Promise<void> => {
    await expect.poll(() => told.text, { timeout: 40_000 }).toMatch(pattern);
  };
  return { hew, told, until };
}

test('a run whose bd hangs while it closes a task ends, and says what it waits for', async () => {
  await using project = await makeGitProject({ files: GATED });
  const bin = await hangingBd(project, ['app-1'], 'close');
  const agent = join(bin, 'agent.sh');
  await writeFile(agent, 'echo x >"$HEW_TASK_ID"; echo "closed $HEW_TASK_ID"\n');
  const { hew, told, until } = startRun(project, bin, agent, ['--max-iter', '1']);
  await until(/^ ended: /m);
  expect(told.text).toMatch(/bd close has not ended within 60 s\. hew never cuts a write/);
  expect(told.text).toMatch(/app-1 is merged, but could not be closed/);
  // A write is never cut: a person ends it.
  process.kill(Number(STUCK.exec(told.text)?.[1]));
  expect(await hew).toMatchObject({ exitCode: 1, stderr: '' });
  expect(await project.git('ls-tree', '--name-only', 'main')).toContain('app-1');
});

test('a task whose end meets a bd that hangs loses no attempt, and is done once bd is free', async () => {
  await using project = await makeGitProject({ files: GATED });
  const bin = await hangingBd(project, ['app-1', 'app-2'], 'close');
  const agent = join(bin, 'agent.sh');
  // The second one ends when the closing of the first one's task has begun to hang.
  const wait = `while [ $HEW_TASK_ID = app-2 ] && [ ! -e '${bin}/stuck' ]; do sleep 0.1; done`;
  await writeFile(agent, `${wait}; echo x >"$HEW_TASK_ID"; echo "closed $HEW_TASK_ID"\n`);
  const { hew, told, until } = startRun(project, bin, agent, []);
  await until(STUCK);
  await writeFile(join(bin, 'stuck'), '');
  await until(/app-2: warning: could not be given back, which is tried again: /);
  await writeFile(join(bin, 'hang'), 'nothing\n');
  process.kill(Number(STUCK.exec(told.text)?.[1]));
  expect(await hew).toMatchObject({ exitCode: 0, stderr: '' });
  expect(told.text).toMatch(/app-2: try 1\/1 ended \(the queue did not answer\), open again/);
  expect(await project.git('ls-tree', '--name-only', 'main')).toMatch(/app-1\napp-2/);
  for (const task of ['app-1', 'app-2']) expect(await readFile(join(bin, task), 'utf8')).toMatch(/^closed/);
});
