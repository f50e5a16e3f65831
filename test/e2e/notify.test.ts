import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hew } from '../commands/hew.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { fileTasks, GATED } from './loop-run.js';

async function projectWith(command: readonly string[]): Promise<GitProject> {
  const settings = `${GATED['.hew.toml']}[notify]\ncommand = ${JSON.stringify(command)}\n`;
  return makeGitProject({ files: { ...GATED, '.hew.toml': settings } });
}

describe('[notify] command', () => {
  it('is started with what has happened in its environment, and hew waits for it', async () => {
    await using project = await projectWith([
      'sh',
      '-c',
      'echo "$HEW_EVENT|$HEW_RUN_ID|$HEW_TASK_ID|$HEW_TEXT|$1|$PWD" >>../told',
      'sh',
      '$(no shell) reads this',
    ]);
    await fileTasks(project, { title: 'One $(touch bad)' });
    const run = ['loop', 'run', '--attempts', '1', '--jobs', '2', '--agent-command', 'echo never done'];
    expect((await hew({ cwd: project.path, env: project.env }, ...run)).code).toBe(1);
    const told = (await readFile(join(project.folder, 'told'), 'utf8')).trim().split('\n').toSorted();
    const rest = `|$(no shell) reads this|${project.path}`;
    expect(told).toEqual([
      expect.stringMatching(/^run\.finished\|loop-\w+-\w+\|\|ended: nothing is ready.*; 0 merged, \d left\|/),
      expect.stringMatching(/^task\.failed\|loop-\w+-\w+\|app-1\|app-1 failed: /),
    ]);
    for (const line of told) expect(line).toContain(rest);
  });

  it('takes nothing from the run when it cannot be started, and that is told once', async () => {
    await using project = await projectWith(['./is-not-there']);
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    const run = ['loop', 'run', '--attempts', '1', '--jobs', '2', '--agent-command', 'echo never done'];
    const { code, stdout } = await hew({ cwd: project.path, env: project.env }, ...run);
    expect(code).toBe(1);
    expect(stdout.match(/\[notify\] command: .*is-not-there/g)).toHaveLength(1);
  });
});
