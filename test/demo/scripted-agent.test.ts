import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { DEMO_FILES, DEMO_TASKS, type DemoTask } from '../../source/demo/demo-tasks.js';
import { ClaudeStream } from '../../source/engine/agents/claude-stream.js';
import { type GitProject, makeGitProject } from '../git-project.js';

const AGENT = fileURLToPath(new URL('../../dist/demo/agent.js', import.meta.url));

/** Runs the scripted agent as hew does, on a task of that title, and reads its stream as hew does. */
async function work(project: GitProject, title: string, attempt = 1) {
  const content = `The rules.\n\n# Task app-1: ${title}\n\nDo it.\n`;
  const { stdout, exitCode } = await execa(process.execPath, [AGENT, '0', join(project.folder, 'meeting')], {
    cwd: project.path,
    env: { ...project.env, HEW_TASK_ID: 'app-1', HEW_ATTEMPT: String(attempt) },
    extendEnv: false,
    input: `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`,
  });
  const stream = new ClaudeStream();
  const lines = stdout.split('\n').flatMap((line) => stream.read(line));
  return { exitCode, stream, lines };
}

const gate = (project: GitProject) =>
  execa(process.execPath, ['--test', 'test/all.test.js'], { cwd: project.path, reject: false });

function taskOf(name: string): DemoTask {
  return DEMO_TASKS.find((task) => task.name === name)!;
}

describe('the scripted agent', () => {
  test('does the work, commits it, and says so', async () => {
    await using project = await makeGitProject({ files: DEMO_FILES });
    const { exitCode, stream, lines } = await work(project, taskOf('price').title);
    expect(exitCode).toBe(0);
    expect(lines.filter(({ kind }) => kind === 'error')).toEqual([]);
    expect(stream.toolCalls).toEqual(['Read', 'Write', 'Write', 'Bash', 'Bash']);
    expect(stream.finalText.trim()).toBe('closed app-1');
    expect(await project.git('log', '-1', '--format=%s')).toBe(taskOf('price').title);
    expect(await project.git('status', '--porcelain')).toBe('');
    expect((await gate(project)).exitCode).toBe(0);
  });

  test('does one task wrong at its first try, and right at its second', async () => {
    await using project = await makeGitProject({ files: DEMO_FILES });
    const { title } = DEMO_TASKS.find(({ mistake }) => mistake !== undefined)!;
    await work(project, title);
    expect((await gate(project)).exitCode).toBe(1);
    await project.git('reset', '--quiet', '--hard', 'HEAD~1');
    await work(project, title, 2);
    expect((await gate(project)).exitCode).toBe(0);
  });

  test('goes on with one of two tasks only when the other one has begun as well', async () => {
    const rivals = DEMO_TASKS.filter(({ beside }) => beside !== undefined);
    expect(rivals.map(({ beside }) => beside)).toEqual(rivals.map(({ name }) => name).toReversed());
    await using project = await makeGitProject({ files: DEMO_FILES });
    const [first, second] = rivals;
    await using other = await makeGitProject({ files: DEMO_FILES });
    const shared = { ...other, folder: project.folder };
    const both = await Promise.all([work(project, first!.title), work(shared, second!.title)]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect((await readdir(join(project.folder, 'meeting'))).toSorted()).toEqual(
      rivals.map(({ name }) => name).toSorted(),
    );
    const [mine, theirs] = await Promise.all(
      [project, other].map(({ path }) => readFile(join(path, 'source/greeting.js'), 'utf8')),
    );
    expect(mine).not.toBe(theirs);
  });

  test('is blocked by a task that is not of the demo', async () => {
    await using project = await makeGitProject({ files: DEMO_FILES });
    const { stream } = await work(project, 'Something else');
    expect(stream.finalText).toMatch(/^blocked app-1: .*scripted agent/m);
  });
});
