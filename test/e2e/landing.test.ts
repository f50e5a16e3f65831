import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { landAgain } from './land-again.js';
import { commit, expectLanded, FILES, filesOf, GATE, runOne } from './landing-project.js';
import { type LoopRun } from './loop-run.js';
import { passesGate } from './passes-gate.js';

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
