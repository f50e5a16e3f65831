import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { landAgain } from './land-again.js';
import { commit, expectLanded, FILES, filesOf, runOne } from './landing-project.js';
import { type LoopRun, queueOf, startLoop } from './loop-run.js';

describe('a run that', () => {
  test('has merged nothing leaves nothing', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const before = await project.git('rev-parse', 'main');
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    await (await agents.next({ task: one })).close();
    expect(await run.ended).toBe(0);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'nothing' });
    expect(await project.git('rev-parse', 'main')).toBe(before);
    await expectLanded(project);
  });

  /** Two agents work; the first's task is merged, then the user may do something, and aborts. */
  async function abortInTheMiddle(
    project: GitProject,
    meanwhile: () => Promise<void> = () => Promise.resolve(),
  ): Promise<LoopRun> {
    await using agents = await startSteppedAgents();
    const [one, two] = await fileTitled(project, 'One', 'Two');
    const run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await commitFile(first, 'right');
    await first.close();
    await run.until('task.closed', (event) => event.task === one);
    await meanwhile();
    await commitFile(second, 'second');
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    expect((await queueOf(project).list()).ready).toEqual([two]);
    const { salvage } = await run.until('iteration.finished', (event) => event.task === two);
    expect(await project.git('show', `${salvage}:second`)).toBe('second');
    return run;
  }

  test('is aborted lands by fast-forward', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using run = await abortInTheMiddle(project);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'fast_forward' });
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'right']);
    await expectLanded(project);
  });

  test('is aborted does not land on a branch that has moved on', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using run = await abortInTheMiddle(project, () => commit(project, 'mine'));
    expect((await run.until('land.refused')).reason).toContain('moved on');
    expect(run.all('trunk.caught_up')).toEqual([]);
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'mine']);
    expect(await landAgain(project)).toMatchObject({ kind: 'landed' });
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'mine', 'right']);
    await expectLanded(project);
  });

  test('finds its trunk moved by a stranger at the end lands its own, and keeps the stranger’s', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const stranger = await project.git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'A stranger’s');
    const [one, two] = await fileTitled(project, 'One', 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await commitFile(first, 'right');
    await first.close();
    await run.until('task.closed');
    await project.git('update-ref', `refs/heads/loop/${run.run}/trunk`, stranger);
    await second.print(`blocked ${two}: not today\n`);
    await second.exit(0);
    expect(await run.ended).toBe(1);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'fast_forward' });
    const { salvage } = await run.until('trunk.restored');
    await project.git('merge-base', '--is-ancestor', stranger, `${salvage}`);
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'right']);
    await expectLanded(project);
  });

  test.each(['moved', 'deleted'])(
    'finds its trunk %s by a stranger restores it, tells it, and goes on',
    async (how) => {
      await using project = await makeGitProject({ files: FILES });
      await using agents = await startSteppedAgents();
      const stranger = await project.git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'A stranger’s');
      await using run = await runOne(project, agents, {
        meanwhile: ({ run: id }) => {
          const ref = `refs/heads/loop/${id}/trunk`;
          return project.git('update-ref', ...(how === 'moved' ? [ref, stranger] : ['-d', ref]));
        },
      });
      expect(await run.ended).toBe(0);
      const { salvage, found } = await run.until('trunk.restored');
      expect({ found, kept: salvage !== null }).toEqual(
        how === 'moved' ? { found: stranger, kept: true } : { found: null, kept: false },
      );
      await project.git(
        'merge-base',
        '--is-ancestor',
        how === 'moved' ? stranger : 'main',
        salvage ?? 'main',
      );
      const subjects = await project.git('log', '--format=%s', 'main');
      expect(subjects).not.toContain('stranger');
      await expectLanded(project);
    },
  );
});
