import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRunRecord } from '../../source/engine/run-files/run-record.js';
import { hew } from '../commands/hew.js';
import { leaveWorktree } from '../engine/prune/left-worktrees.js';
import { makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTask } from './file-task.js';
import { GATED, startLoop } from './loop-run.js';

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;

describe('hew loop prune-worktrees', () => {
  test('keeps a parked worker until its run is named, and then tells the run of it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTask(project, 'One');
    await fileTask(project, 'Two');
    await using run = await startLoop(project, { agent: agents.command });
    const [one, two] = [await agents.next(), await agents.next()];
    await commitFile(one, 'same.txt', 'one\n');
    await commitFile(two, 'same.txt', 'two\n');
    await one.close();
    await run.until('task.closed');
    await two.close();
    const parked = await run.until('worker.parked');
    // Beside the run that is alive only what others have left may go.
    const left = await leaveWorktree(project);
    const named = await hew(
      { cwd: project.path, env: project.env },
      'loop',
      'prune-worktrees',
      '--run',
      run.run,
    );
    expect(named.stdout).toContain('its run is alive');
    const beside = await hew({ cwd: project.path, env: project.env }, 'loop', 'prune-worktrees', '--apply');
    expect(beside.code).toBe(0);
    expect(await exists(left.path)).toBe(false);
    expect(await exists(two.cwd)).toBe(true);
    expect(await run.ended).toBe(1);

    const apply = ['loop', 'prune-worktrees', '--apply'];
    const unnamed = await hew({ cwd: project.path, env: project.env }, ...apply);
    expect(unnamed.stdout).toContain(`it is parked with ${parked.task}`);
    expect(await exists(two.cwd)).toBe(true);
    const json = await hew({ cwd: project.path, env: project.env }, ...apply, '--run', run.run, '--json');
    expect(json.code).toBe(0);
    const { worktrees } = JSON.parse(json.stdout) as { worktrees: { pruned: { salvage: string } }[] };
    expect(await project.git('show', `${worktrees[0]?.pruned.salvage}:same.txt`)).toBe('two');
    expect(await exists(two.cwd)).toBe(false);
    const record = await readRunRecord(join(project.path, '.hew', 'loop', run.run, 'run.json'));
    expect(record.parked).toEqual([]);
  });

  test('changes nothing without --apply, and says what it would do', async () => {
    await using project = await makeGitProject({ files: GATED });
    const place = { cwd: project.path, env: project.env };
    const empty = await hew(place, 'loop', 'prune-worktrees');
    expect(empty).toMatchObject({ code: 0, stdout: 'No run has left a worktree.' });
    const left = await leaveWorktree(project);
    await left.git('commit', '-q', '--allow-empty', '-m', 'Work');
    const dry = await hew(place, 'loop', 'prune-worktrees');
    expect(dry.stdout).toMatch(new RegExp(`${left.run}/0 .* orphan .* 1 commit .* goes: `));
    expect(dry.stdout).toContain('--apply does it');
    expect(await exists(left.path)).toBe(true);
    const young = await hew(place, 'loop', 'prune-worktrees', '--apply', '--older-than', '7d');
    expect(young.stdout).toContain('it is not that old');
    expect(await exists(left.path)).toBe(true);
    const applied = await hew(place, 'loop', 'prune-worktrees', '--apply');
    expect(applied.stdout).toContain('hew loop salvage show refs/hew/salvage/');
    expect(await exists(left.path)).toBe(false);
  });

  test.each([
    [['--all-projects', '--apply'], '--all-projects only lists'],
    [['--older-than', '7'], '--older-than must be'],
    [['--run', '../x'], 'is not a run id'],
    [['--run', 'loop-20260101T000000Z-00000000'], 'has left no worktree here'],
  ])('refuses %j', async (flags, why) => {
    await using project = await makeGitProject();
    const refused = await hew({ cwd: project.path, env: project.env }, 'loop', 'prune-worktrees', ...flags);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(why);
  });
});
