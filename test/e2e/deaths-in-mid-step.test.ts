import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { startSteppedAgents, type SteppedAgent, type SteppedAgents } from '../stepped-agents.js';
import { fileTasks, GATED, startLoop } from './loop-run.js';

/** A git that dies when it is started with a word for which there is a file `dies-at-<word>`, once; and is git else. */
async function mortalGit(folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const { stdout: git } = await execa('sh', ['-c', 'command -v git']);
  const script = `#!/bin/sh
for word do
  if [ -e '${folder}'/dies-at-"$word" ]; then
    rm '${folder}'/dies-at-"$word"
    kill -KILL $$
  fi
done
exec '${git}' "$@"
`;
  await writeFile(join(bin, 'git'), script);
  await chmod(join(bin, 'git'), 0o755);
  return bin;
}

/** Does its task, and ends well. */
async function work(agent: SteppedAgent): Promise<void> {
  await agent.write(`${agent.task}.txt`, `${agent.task}\n`);
  await agent.close();
}

/** Lets every agent of a second attempt do its task; ends when the agents are disposed of. */
async function serveRetries(agents: SteppedAgents): Promise<never> {
  for (;;) await work(await agents.next({ attempt: 2 }));
}

describe('a death in mid-step', () => {
  test('of the gate fails the attempt, whose work is kept, and the next one may pass', async () => {
    const gate = '[gate]\ntest = "sh -c \'test -e passes || kill -KILL 0\'"\n';
    await using project = await makeGitProject({
      files: { 'README.md': '# A project\n', '.hew.toml': gate },
    });
    await using agents = await startSteppedAgents();
    const [task] = await fileTasks(project, { title: 'One' });
    await using run = await startLoop(project, {
      agent: agents.command,
      options: { allow_red_base: true },
    });
    const first = await agents.next({ attempt: 1 });
    await first.write('one.txt', 'first\n');
    await first.close();
    const second = await agents.next({ attempt: 2 });
    expect(second.prompt).toContain('## Attempt 1 failed');
    await second.write('one.txt', 'second\n');
    await second.write('passes', '\n');
    await second.close();
    expect(await run.ended).toBe(0);
    const [lost, merged] = run.all('iteration.finished');
    expect(lost).toMatchObject({ task, end: 'gate_red', counted: true });
    expect(await project.git('show', `${lost?.salvage}:one.txt`)).toBe('first');
    expect(merged).toMatchObject({ task, end: 'merged' });
    expect(await project.git('show', 'main:one.txt')).toBe('second');
    expect(await markedProcesses(run.run)).toEqual([]);
  });

  test.each(['merge-tree', 'commit-tree', 'update-ref', 'commit'])(
    "of hew's git at %s loses nothing: what was done is merged, or is tried again",
    async (word) => {
      await using project = await makeGitProject({ files: GATED });
      await using agents = await startSteppedAgents();
      const [one, two] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
      const bin = await mortalGit(project.folder);
      await using run = await startLoop(project, {
        agent: agents.command,
        flags: { attempts: 3 },
        env: { PATH: [bin, project.env['PATH']].join(delimiter) },
      });
      const both = [await agents.next({ task: one! }), await agents.next({ task: two! })];
      await writeFile(join(project.folder, `dies-at-${word}`), '');
      // The first one meets the death, and is tried again where that has undone what it did.
      serveRetries(agents).catch(() => undefined);
      for (const agent of both) await work(agent);
      expect(await run.ended).toBe(0);
      for (const task of [one, two]) {
        expect(await project.git('show', `main:${task}.txt`)).toBe(task);
        expect(run.state.tasks.get(task!)).toMatchObject({ fate: 'merged', closed: true });
      }
      await expect(readFile(join(project.folder, `dies-at-${word}`))).rejects.toThrow('ENOENT');
      expect(await project.git('fsck', '--no-dangling')).toBe('');
    },
  );
});
