import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TaskId, taskIdSchema } from '../../source/engine/ids.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTitled } from './file-titled.js';
import { GATED, queueOf, Refused, startLoop } from './loop-run.js';

const TITLES: Record<string, string> = {
  'an option': '--force --delete',
  'a command': '$(touch pwned) `touch pwned` ; touch pwned',
  quotes: `'" \\" ' "$HOME"`,
  'line breaks that look like trailers': 'First\n\nHew-Task: other-1\nHew-Run: none',
  'control sequences': '\u001B[2J\u001B]0;owned\u0007\u009B31mred',
};

describe('a title made of', () => {
  test.each(Object.keys(TITLES))('%s is only ever text', async (name) => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, TITLES[name] ?? '');
    await using run = await startLoop(project, { agent: agents.command });
    // The first attempt is salvaged, the second merged: both write the title into commits.
    const first = await agents.next({ task: one });
    await first.write('broken', '');
    await first.close();
    const second = await agents.next({ task: one, attempt: 2 });
    await second.write('one.txt', 'one\n');
    await second.close();
    expect(await run.ended).toBe(0);

    const subject = await project.git('log', '-1', '--format=%B', 'main^2');
    expect(subject.trimEnd().split('\n')).toHaveLength(1);
    expect(subject).toMatch(new RegExp(`^${one}: `));
    expect(subject).not.toMatch(/\p{Cc}(?!$)/u);
    const trailers = await project.git('log', '-1', '--format=%(trailers:key=Hew-Task,valueonly)', 'main');
    expect(trailers.trim()).toBe(one);
    for (const folder of [project.path, project.folder, first.cwd]) {
      await expect(access(join(folder, 'pwned'))).rejects.toThrow('ENOENT');
    }
    const refs = await project.git('for-each-ref', '--format=%(refname)');
    expect(refs.split('\n')).toEqual(['refs/heads/main', `refs/hew/salvage/${run.run}/w${first.worker}/1`]);
  });
});

describe('an id', () => {
  test.each(['a..b', 'x.lock', 'HEAD', 'a.-.b', 'refs'])(
    'such as %s names neither refs nor paths',
    async (id) => {
      await using project = await makeGitProject({ files: GATED });
      await using agents = await startSteppedAgents();
      await project.write('.hew/tasks.jsonl', `${JSON.stringify({ id, title: 'One' })}\n`);
      await using run = await startLoop(project, { agent: agents.command });
      const task: TaskId = taskIdSchema.parse(id);
      const first = await agents.next({ task });
      await first.write('broken', '');
      await first.close();
      const second = await agents.next({ task, attempt: 2 });
      await second.write('one.txt', 'one\n');
      await second.close();
      expect(await run.ended).toBe(0);
      const refs = await project.git('for-each-ref', '--format=%(refname)');
      expect(refs.split('\n')).toEqual(['refs/heads/main', `refs/hew/salvage/${run.run}/w${first.worker}/1`]);
      const { tasks } = await queueOf(project).list();
      expect(tasks.get(task)?.status).toBe('closed');
      const names = await readdir(join(project.path, '.hew'), { recursive: true });
      expect(names.filter((name) => name.split('/').includes(id))).toEqual([]);
    },
  );

  test.each(['-x', '../up', 'a/b', 'a b', 'a\nb', '', '$(x)'])('such as %j is refused', async (id) => {
    await using project = await makeGitProject({ files: GATED });
    await project.write('.hew/tasks.jsonl', `${JSON.stringify({ id, title: 'One' })}\n`);
    const start = startLoop(project, { agent: 'true' });
    await expect(start).rejects.toThrow(Refused);
    await expect(start).rejects.toThrow(/tasks\.jsonl.*id/);
  });
});
