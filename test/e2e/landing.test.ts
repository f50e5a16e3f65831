import { access, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { type SteppedAgents, startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { landAgain } from './land-again.js';
import { type LoopOptions, type LoopRun, queueOf, startLoop } from './loop-run.js';
import { passesGate } from './passes-gate.js';

/** Green with either of the two files, red with both: what merges cleanly may yet be red. */
const GATE = 'test ! -e broken && ! { test -e left && test -e right; }';
const FILES = { '.hew.toml': `[gate]\ntest = '${GATE}'\n`, 'README.md': '# A project\n' };

/** Runs one task: the agent commits one file, and `meanwhile` happens before it ends. */
async function runOne(
  project: GitProject,
  agents: SteppedAgents,
  given: { path?: string; text?: string; meanwhile?: (run: LoopRun) => Promise<unknown> } & Omit<LoopOptions, 'agent'>,
): Promise<LoopRun> {
  const { path = 'right', text, meanwhile, ...options } = given;
  const [one] = await fileTitled(project, 'One');
  const run = await startLoop(project, { agent: agents.command, ...options });
  const agent = await agents.next({ task: one });
  await commitFile(agent, path, text);
  await meanwhile?.(run);
  await agent.close();
  return run;
}

async function commit(project: GitProject, path: string, text = `${path}\n`): Promise<void> {
  await project.write(path, text);
  await project.git('add', '--all');
  await project.git('commit', '--quiet', '--message', `My ${path}`);
}

const filesOf = async (project: GitProject, ref: string): Promise<string[]> =>
  (await project.git('ls-tree', '-r', '--name-only', ref)).split('\n').filter((path) => !path.startsWith('.'));

/** Nothing of the run is left but what it merged, and main is green. */
async function expectLanded(project: GitProject): Promise<void> {
  expect(await project.git('for-each-ref', '--format=%(refname)', 'refs/heads/loop')).toBe('');
  expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
  expect(await readdir(join(await realpath(project.folder), 'hew/wt'))).toEqual([]);
  expect(await project.git('status', '--porcelain', '--untracked-files=no')).toBe('');
  expect(await passesGate(project, 'main', GATE)).toBe(true);
}

/** Trunk, the worker's branch and its worktree wait for a later landing. */
async function expectWaiting(project: GitProject, run: LoopRun): Promise<void> {
  const refs = await project.git('for-each-ref', '--format=%(refname)', 'refs/heads/loop');
  expect(refs.split('\n')).toEqual([`refs/heads/loop/${run.run}/trunk`, `refs/heads/loop/${run.run}/w0`]);
  await access(join(project.folder, 'hew/wt', run.run, '0', 'README.md'));
  expect(await passesGate(project, `loop/${run.run}/trunk`, GATE)).toBe(true);
}

describe('work that was merged', () => {
  test('lands by fast-forward', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    await using run = await runOne(project, agents, {});
    expect(await run.ended).toBe(0);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'fast_forward', to: run.state.trunk });
    expect(await project.git('rev-parse', 'main')).toBe(run.state.trunk);
    await expectLanded(project);
  });

  test('lands together with what the user has committed meanwhile, gated with it', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    await using run = await runOne(project, agents, { meanwhile: () => commit(project, 'mine') });
    expect(await run.ended).toBe(0);
    expect(run.all('trunk.caught_up')).toHaveLength(1);
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'mine', 'right']);
    expect(await project.git('rev-parse', 'main')).toBe(run.state.trunk);
    await expectLanded(project);
  });

  test('waits where it conflicts with what the user has committed, and lands when that is resolved', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    await using run = await runOne(project, agents, {
      path: 'README.md',
      text: 'theirs\n',
      meanwhile: () => commit(project, 'README.md', 'mine\n'),
    });
    expect(await run.ended).toBe(1);
    expect((await run.until('land.refused')).reason).toContain('README.md');
    expect(await project.git('show', 'main:README.md')).toBe('mine');
    expect(await project.git('status', '--porcelain')).toBe('');
    await expectWaiting(project, run);

    await expect(project.git('merge', '--quiet', `loop/${run.run}/trunk`)).rejects.toThrow('CONFLICT');
    await project.write('README.md', 'mine and theirs\n');
    await project.git('commit', '--quiet', '--all', '--no-edit');
    expect(await landAgain(project, run.run)).toMatchObject({ kind: 'landed' });
    expect(await project.git('show', 'main:README.md')).toBe('mine and theirs');
    await expectLanded(project);
  });

  test('waits where it is red with what the user has committed, and lands when that is green', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    await using run = await runOne(project, agents, { meanwhile: () => commit(project, 'left') });
    expect(await run.ended).toBe(1);
    expect((await run.until('land.refused')).reason).toMatch(/main has moved on.*red/);
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'left']);
    await expectWaiting(project, run);
    expect(await landAgain(project)).toMatchObject({ kind: 'refused' });

    await project.git('rm', '--quiet', 'left');
    await project.git('commit', '--quiet', '--message', 'Neither');
    expect(await landAgain(project)).toMatchObject({ kind: 'landed' });
    expect(await filesOf(project, 'main')).toEqual(['README.md', 'right']);
    await expectLanded(project);
  });

  test('stays in trunk with --no-land, until it is landed', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const before = await project.git('rev-parse', 'main');
    await using run = await runOne(project, agents, { options: { land: false } });
    expect(await run.ended).toBe(1);
    expect(run.all('land.started')).toEqual([]);
    expect(await project.git('rev-parse', 'main')).toBe(before);
    await expectWaiting(project, run);
    expect(await landAgain(project)).toMatchObject({ kind: 'landed' });
    await expectLanded(project);
  });

  test('is named where the run has started from no branch', async () => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const before = await project.git('rev-parse', 'main');
    await project.git('switch', '--quiet', '--detach');
    await using run = await runOne(project, agents, {});
    expect(await run.ended).toBe(0);
    expect(run.state.landing).toMatchObject({ kind: 'landed', how: 'detached', to: run.state.trunk });
    expect(await project.git('rev-parse', 'HEAD', 'main')).toBe(`${before}\n${before}`);
    expect(await project.git('rev-parse', `loop/${run.run}/trunk`)).toBe(run.state.trunk);
    expect(await passesGate(project, `loop/${run.run}/trunk`, GATE)).toBe(true);
  });
});

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

  test.each([false, true])('is aborted lands what it can by fast-forward alone (branch moved on: %s)', async (moved) => {
    await using project = await makeGitProject({ files: FILES });
    await using agents = await startSteppedAgents();
    const [one, two] = await fileTitled(project, 'One', 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    await commitFile(first, 'right');
    await first.close();
    await run.until('task.closed', (event) => event.task === one);
    if (moved) await commit(project, 'mine');
    await commitFile(second, 'second');
    run.control({ type: 'abortRun' });
    expect(await run.ended).toBe(130);
    expect(run.all('trunk.caught_up')).toEqual([]);
    expect((await queueOf(project).list()).ready).toEqual([two]);
    const { salvage } = await run.until('iteration.finished', (event) => event.task === two);
    expect(await project.git('show', `${salvage}:second`)).toBe('second');
    if (moved) {
      expect((await run.until('land.refused')).reason).toContain('moved on');
      expect(await filesOf(project, 'main')).toEqual(['README.md', 'mine']);
      expect(await landAgain(project)).toMatchObject({ kind: 'landed' });
      expect(await filesOf(project, 'main')).toEqual(['README.md', 'mine', 'right']);
    } else expect(await filesOf(project, 'main')).toEqual(['README.md', 'right']);
    await expectLanded(project);
  });

  test.each(['moved', 'deleted'])('finds its trunk %s by a stranger restores it, tells it, and goes on', async (how) => {
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
    expect(found).toBe(how === 'moved' ? stranger : null);
    if (salvage === null) expect(how).toBe('deleted');
    else await project.git('merge-base', '--is-ancestor', stranger, salvage);
    const subjects = await project.git('log', '--format=%s', 'main');
    expect(subjects).not.toContain('stranger');
    await expectLanded(project);
  });
});
