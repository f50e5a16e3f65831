import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { endedAttempts } from './ended-attempts.js';
import { fileTask } from './file-task.js';
import { filesIn } from './files-in.js';
import { jumpingClock } from './jumping-clock.js';
import { GATED, queueOf, startLoop } from './loop-run.js';

const BASE = Object.keys(GATED).sort();

describe('an agent that changes what is not its own', () => {
  test('and has nothing else to show has not done its task', async () => {
    await using project = await makeGitProject({ files: GATED });
    await project.git('branch', 'release');
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command, flags: { attempts: 3 } });

    const branch = await agents.next({ attempt: 1 });
    await branch.write('work.txt', 'work\n');
    await branch.git('add', '--all');
    await branch.git('commit', '--quiet', '--message', 'On a branch of the user');
    await branch.git('branch', '--force', 'release', 'HEAD');
    await branch.git('reset', '--quiet', '--hard', 'HEAD~1');
    await branch.close();
    const stash = await agents.next({ attempt: 2 });
    await stash.write('README.md', '# Put aside\n');
    await stash.git('stash', 'push', '--quiet');
    await stash.close();
    const home = await agents.next({ attempt: 3 });
    await home.write(join(project.path, 'README.md'), '# Written into the checkout\n');
    await home.close();
    expect(await run.ended).toBe(1);

    const foreign = { task: one, end: 'foreign_change', counted: true, outcome: 'no_close' };
    const attempts = await endedAttempts(project, run);
    expect(attempts).toEqual([
      expect.objectContaining({ ...foreign, attempt: 1, fate: null }),
      expect.objectContaining({ ...foreign, attempt: 2, fate: null }),
      expect.objectContaining({ ...foreign, attempt: 3, fate: 'failed' }),
    ]);
    const told = [
      /refs\/heads\/release moved, it was [0-9a-f]{40}/,
      /the stash was made/,
      /checkout changed: README\.md/,
    ];
    for (const [index, what] of told.entries()) {
      expect(attempts[index]?.reason).toMatch(what);
      expect(run.all('foreign.changed')[index]?.what).toEqual([expect.stringMatching(what)]);
    }
    expect(run.state.foreign_changes).toHaveLength(3);
    expect(await queueOf(project).show(one)).toMatchObject({
      status: 'open',
      assignee: null,
      labels: ['hew-failed'],
    });
    // What it did there is the user's to judge: hew takes nothing of it back.
    expect(await readFile(join(project.path, 'README.md'), 'utf8')).toBe('# Written into the checkout\n');
    expect(await project.git('show', 'release:work.txt')).toBe('work');
    expect(await project.git('stash', 'list')).not.toBe('');
    expect(await filesIn(project, 'main')).toEqual(BASE);
  });

  test('and has done its task is merged, and the change is told', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await agent.git('branch', 'mine');
    await agent.write('one.txt', 'one\n');
    await agent.close();
    expect(await run.ended).toBe(0);
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({ task: one, end: 'merged', fate: 'merged', kept: null }),
    ]);
    expect(run.all('foreign.changed')).toMatchObject([{ task: one, what: ['refs/heads/mine was made'] }]);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt']);
    expect(await project.git('rev-parse', 'mine')).toBe(run.state.run?.starting_sha);
  });
});

describe('an agent that closes its task itself', () => {
  test('has its task reopened, and no dependent starts before the merge', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two', { blocked_by: [one], priority: 0 });
    await using run = await startLoop(project, { agent: agents.command, clock: jumpingClock() });
    const first = await agents.next({ task: one });
    await first.write('broken', '');
    await queueOf(project).close(one, 'Done, I think');
    const early = await queueOf(project).list();
    expect(early.ready).toEqual([two]);
    // The idle slot lists the queue again for something of the user's, and leaves the dependent alone.
    const three = await fileTask(project, 'Three', { priority: 4 });
    const third = await agents.next({ task: three });
    expect(agents.waiting).toBe(0);
    await first.exit(0);

    const again = await agents.next({ task: one, attempt: 2 });
    expect(await queueOf(project).show(one)).toMatchObject({
      status: 'in_progress',
      assignee: `hew/${run.run}/w${first.worker}`,
      closed_at: null,
      close_reason: null,
    });
    await third.close();
    await again.write('one.txt', 'one\n');
    await queueOf(project).close(one, 'Done now');
    await again.exit(0);
    const second = await agents.next({ task: two });
    expect((await second.git('ls-files')).split('\n')).toEqual([...BASE, 'one.txt']);
    await second.close();
    expect(await run.ended).toBe(0);
    expect((await endedAttempts(project, run)).map(({ task, end, fate }) => [task, end, fate])).toEqual([
      [one, 'gate_red', null],
      [three, 'empty', 'empty'],
      [one, 'merged', 'merged'],
      [two, 'empty', 'empty'],
    ]);
    const closed = await queueOf(project).show(one);
    expect(closed).toMatchObject({ status: 'closed' });
    expect(closed?.close_reason).toContain(run.all('task.closed').find(({ task }) => task === one)?.sha);
  });
});

describe('a claim that is taken away meanwhile', () => {
  test('is left to whoever has it; the work is kept and not merged', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await agent.write('one.txt', 'one\n');
    await queueOf(project).release(one, { note: 'I do it myself' });
    await queueOf(project).claim(one, 'somebody');
    await agent.close();
    expect(await run.ended).toBe(0);
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({
        task: one,
        end: 'claim_lost',
        counted: false,
        fate: 'open again',
        outcome: 'no_close',
        reason: expect.stringContaining('in_progress by somebody'),
        kept: [...BASE, 'one.txt'],
      }),
    ]);
    expect(await queueOf(project).show(one)).toMatchObject({
      status: 'in_progress',
      assignee: 'somebody',
      notes: 'I do it myself',
      labels: [],
    });
    expect(await filesIn(project, 'main')).toEqual(BASE);
  });
});

describe('a run that is aborted', () => {
  test('gives its tasks back, keeps their work, and lands what is merged', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two');
    const three = await fileTask(project, 'Three');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await first.write('one.txt', 'one\n');
    await first.close();
    const third = await agents.next({ task: three });
    await second.write('two.txt', 'two\n');
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    await Promise.all([second.ended, third.ended]);

    const aborted = { end: 'run_aborted', counted: false, fate: 'open again', outcome: 'no_close' };
    const attempts = await endedAttempts(project, run);
    expect(attempts).toHaveLength(3);
    expect(attempts).toContainEqual(expect.objectContaining({ task: one, end: 'merged' }));
    expect(attempts).toContainEqual(
      expect.objectContaining({ ...aborted, task: two, kept: [...BASE, 'two.txt'] }),
    );
    expect(attempts).toContainEqual(expect.objectContaining({ ...aborted, task: three, kept: null }));
    for (const id of [two, three]) {
      expect(await queueOf(project).show(id)).toMatchObject({ status: 'open', assignee: null, labels: [] });
    }
    expect(run.all('run.stopping')).toMatchObject([{ reason: 'cancelled' }]);
    expect(run.all('run.landed')).toMatchObject([{ how: 'fast_forward' }]);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt']);
  });

  test('waits from merge to close', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await agent.write('one.txt', 'one\n');
    const merging = run.until('merge.started').then(() => run.control({ type: 'abortRun' }));
    await agent.close();
    await merging;
    expect(await run.ended).toBe(130);
    expect(await endedAttempts(project, run)).toEqual([
      expect.objectContaining({ task: one, end: 'merged' }),
    ]);
    expect(await queueOf(project).show(one)).toMatchObject({ status: 'closed' });
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'one.txt']);
  });

  test('tries no more than a fast-forward when the branch has moved on', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const one = await fileTask(project, 'One');
    const two = await fileTask(project, 'Two', { blocked_by: [one] });
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await first.write('one.txt', 'one\n');
    await first.close();
    await agents.next({ task: two });
    await writeFile(join(project.path, 'mine.txt'), 'mine\n');
    await project.git('add', '--all');
    await project.git('commit', '--quiet', '--message', 'Mine');
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    expect(run.all('land.refused')).toMatchObject([
      { branch: 'main', reason: expect.stringContaining('moved on') },
    ]);
    expect(await filesIn(project, 'main')).toEqual([...BASE, 'mine.txt']);
    expect(await filesIn(project, `loop/${run.run}/trunk`)).toEqual([...BASE, 'one.txt']);
  });
});
