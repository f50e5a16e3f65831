import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { GATED, queueOf, Refused, startLoop } from './loop-run.js';

/** Says what it sees and counts how often it ran, beside the project. */
const COUNTING = `echo "the tests say: $(ls)"; echo x >> "$HOME/gates"; test ! -e broken`;

describe('the base is gated before anything is claimed', () => {
  const files = { '.hew.toml': `[gate]\ntest = '${COUNTING}'\n`, 'README.md': '# A project\n' };

  test('red: the run ends with 2, tells the tail, and leaves nothing', async () => {
    await using project = await makeGitProject({ files: { ...files, broken: '' } });
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: 'false' });
    expect(await run.ended).toBe(2);
    const { outcome, tail } = await run.until('base.checked');
    expect(outcome).toBe('red');
    expect(tail).toContain('the tests say: README.md\nbroken');
    expect(run.all('task.claiming')).toEqual([]);
    expect((await queueOf(project).list()).ready).toEqual([one]);
    expect(await project.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
    expect(await readdir(join(project.folder, 'hew/wt'))).toEqual([]);
    const record: unknown = JSON.parse(
      await readFile(join(project.path, '.hew/loop', run.run, 'run.json'), 'utf8'),
    );
    expect(record).toMatchObject({ iter_count: 0 });
  });

  test('red and allowed: the agent is to mend it', async () => {
    await using project = await makeGitProject({ files: { ...files, broken: '' } });
    await fileTitled(project, 'Mend it');
    const agent = 'cat > /dev/null; rm broken; echo closed app-1';
    await using run = await startLoop(project, { agent, options: { allow_red_base: true } });
    expect(await run.ended).toBe(0);
    expect(await run.until('base.checked')).toMatchObject({ outcome: 'skipped' });
    expect(await project.git('ls-tree', '--name-only', 'main', 'broken')).toBe('');
  });

  test('green: remembered by its tree, not by its commit', async () => {
    await using project = await makeGitProject({ files });
    const outcomes: string[] = [];
    const gates = async (): Promise<number> =>
      (await readFile(join(project.folder, 'home/gates'), 'utf8')).length / 2;
    const changes = [
      ['commit', '--quiet', '--allow-empty', '--message', 'Same tree'],
      ['rm', '--quiet', 'README.md'],
    ];
    for (const change of [...changes, []]) {
      const [task] = await fileTitled(project, 'Nothing to do');
      await using run = await startLoop(project, { agent: `cat > /dev/null; echo closed ${task}` });
      expect(await run.ended).toBe(0);
      outcomes.push((await run.until('base.checked')).outcome);
      if (change.length > 0) await project.git(...change);
      if (change[0] === 'rm') await project.git('commit', '--quiet', '--message', 'Another tree');
    }
    expect(outcomes).toEqual(['green', 'remembered', 'green']);
    expect(await gates()).toBe(2);
  });
});

describe('a second start', () => {
  test('is refused while a run is alive, from every worktree of the repository', async () => {
    await using project = await makeGitProject({ files: GATED });
    await project.git('worktree', 'add', '--quiet', '-b', 'other', '../other');
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One', 'Two');
    await using run = await startLoop(project, { agent: agents.command, flags: { max_iter: 1 } });
    const first = await agents.next({ task: one });
    for (const cwd of [project.path, join(project.folder, 'other')]) {
      const second = startLoop(project, { agent: agents.command, cwd });
      await expect(second).rejects.toThrow(Refused);
      await expect(second).rejects.toThrow(`${run.run} is alive in this repository`);
    }
    await commitFile(first, 'one.txt');
    await first.close();
    expect(await run.ended).toBe(3);
    expect(await project.git('show', 'main:one.txt')).toBe('one.txt');
    await using next = await startLoop(project, { agent: 'cat > /dev/null; echo closed app-2' });
    expect(await next.ended).toBe(0);
  });

  test('is refused while merges of an earlier run wait to be landed, unless that is ignored', async () => {
    await using project = await makeGitProject({ files: GATED });
    const [one] = await fileTitled(project, 'One', 'Two');
    const agent = 'cat > /dev/null; echo x > "$HEW_TASK_ID"; echo "closed $HEW_TASK_ID"';
    const flags = { max_iter: 1 };
    await using run = await startLoop(project, { agent, flags, options: { land: false } });
    expect(await run.ended).toBe(1);
    const second = startLoop(project, { agent });
    await expect(second).rejects.toThrow(`${run.run} has 1 merge that never landed here`);
    await expect(second).rejects.toThrow(`hew loop land ${run.run}`);

    await using next = await startLoop(project, { agent, options: { ignore_unlanded: true } });
    expect(await next.ended).toBe(0);
    expect(await project.git('show', 'main:app-2')).toBe('x');
    expect(await project.git('show', `loop/${run.run}/trunk:${one}`)).toBe('x');
    await project.git('merge', '--quiet', '--no-edit', `loop/${run.run}/trunk`);
    await fileTitled(project, 'Three');
    await using third = await startLoop(project, { agent });
    expect(await third.ended).toBe(0);
  });
});
