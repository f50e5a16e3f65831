import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { runIdSchema } from '../../source/engine/ids.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { findLiveRun } from '../../source/engine/run-lock.js';
import { hew, type HewResult } from '../commands/hew.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { fileTitled } from './file-titled.js';
import { GATED } from './loop-run.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
const AGENT = 'echo "$HEW_TASK_ID" > "$HEW_TASK_ID.txt"; echo "closed $HEW_TASK_ID"';

/** Runs hew where no file can grow above so many blocks of 512 bytes: as good as a disk that is full there. */
async function hewWithin(
  project: GitProject,
  blocks: number,
  ...argv: readonly string[]
): Promise<HewResult> {
  const script = `trap '' XFSZ; ulimit -f ${blocks} && exec "$0" "$@"`;
  const { exitCode, stdout, stderr } = await execa('sh', ['-c', script, process.execPath, BIN, ...argv], {
    cwd: project.path,
    env: project.env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { code: exitCode, stdout, stderr };
}

describe('a disk that is full', () => {
  test('for the journal ends the run in order, and says so', async () => {
    await using project = await makeGitProject({ files: GATED });
    await fileTitled(project, ...Array.from({ length: 12 }, (_, index) => `Task ${index}`));
    const ran = await hewWithin(project, 24, 'loop', 'run', '--jobs', '2', '--agent-command', AGENT);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /^hew: cannot write the journal \S+events\.jsonl: .*\nThe run stops here\. .*$/,
    );
    const [name] = await readdir(join(project.path, '.hew', 'loop'));
    const run = runIdSchema.parse(name);
    expect(await markedProcesses(run)).toEqual([]);
    expect(await findLiveRun(join(project.path, '.git'))).toBeNull();

    // What was merged is there, and comes home once there is room.
    const { events } = await readJournal(join(project.path, '.hew', 'loop', run, 'events.jsonl'));
    const merged = events.flatMap((event) => (event.type === 'task.closed' ? [`${event.task}.txt`] : []));
    expect(merged.length).toBeGreaterThan(0);
    const given = await hew({ cwd: project.path, env: project.env }, 'loop', 'abandon', run);
    expect(given.code).toBe(0);
    const files = (await project.git('ls-tree', '--name-only', 'main')).split('\n');
    expect(files).toEqual(expect.arrayContaining(merged));
  });
});
