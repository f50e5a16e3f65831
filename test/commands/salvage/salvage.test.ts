import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { salvage } from '../../../source/engine/git/salvage.js';
import { shaSchema, type TaskId, taskIdSchema } from '../../../source/engine/ids.js';
import { leaveWorktree, type LeftWorktree, opened } from '../../engine/prune/left-worktrees.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { hew, type HewResult } from '../hew.js';

interface Kept {
  readonly name: string;
  readonly ref: string;
  readonly sha: string;
  readonly left: LeftWorktree;
}

/** Keeps a new file of a worktree, as a failed attempt is kept. */
async function keepFile(
  project: GitProject,
  task: TaskId | null,
  reason: string,
  left?: LeftWorktree,
): Promise<Kept> {
  const place = left ?? (await leaveWorktree(project));
  await writeFile(join(place.path, 'new.txt'), `${reason}\n`);
  const git = await (await opened(project)).gitOf(place.run);
  const base = shaSchema.parse(await project.git('rev-parse', 'HEAD'));
  const git_dir = await place.git('rev-parse', '--absolute-git-dir');
  const about = { run: place.run, worker: 0, task, attempt: 2, reason, base };
  const kept = await salvage(git, { path: place.path, git_dir, branch: place.branch }, about);
  if (!kept) throw new Error('nothing was kept');
  return { ...kept, name: kept.ref.replace('refs/hew/salvage/', ''), left: place };
}

const TASK = taskIdSchema.parse('app-1');

describe('hew loop salvage', () => {
  const run = (project: GitProject, ...argv: string[]): Promise<HewResult> =>
    hew({ cwd: project.path, env: project.env }, 'loop', 'salvage', ...argv);

  it('lists, shows, restores and drops what was kept, and touches no checkout', async () => {
    await using project = await makeGitProject();
    expect((await run(project, 'list')).stdout).toBe('Nothing is kept.');
    const kept = await keepFile(project, TASK, 'the gate is red: \u001b[2Jnpm test');
    const list = await run(project, 'list');
    expect(list.stdout).toMatch(
      new RegExp(`^${kept.name} +app-1 +2 +.* new\\.txt +the gate is red: npm test$`, 'm'),
    );
    const json = JSON.parse((await run(project, 'list', '--json', '--task', 'app-1')).stdout) as object[];
    expect(json).toMatchObject([
      { ref: kept.ref, sha: kept.sha, task: 'app-1', attempt: 2, files: ['new.txt'] },
    ]);
    expect((await run(project, 'list', '--task', 'app-2')).stdout).toBe('Nothing is kept.');

    const shown = await run(project, 'show', 'app-1');
    expect(shown.stdout).toContain('+++ b/new.txt');
    expect((await run(project, 'show', kept.ref, '--stat')).stdout).toContain('new.txt | 1 +');
    const restored = await run(project, 'restore', kept.name);
    const [branch = ''] = /salvage\/\S+/.exec(restored.stdout) ?? [];
    expect(await project.git('rev-parse', branch)).toBe(kept.sha);
    expect(await run(project, 'restore', kept.name)).toMatchObject({ code: 2 });
    expect((await run(project, 'restore', 'app-1', '--branch', 'mine')).code).toBe(0);
    expect(await run(project, 'restore', 'app-1', '--branch', 'a..b')).toMatchObject({ code: 2 });
    expect(await project.git('status', '--porcelain', '--branch')).toBe('## main');

    expect(await run(project, 'drop', kept.name)).toMatchObject({ code: 2 });
    const dropped = await run(project, 'drop', kept.name, '--yes');
    expect(dropped.stdout).toContain(`git update-ref ${kept.ref} ${kept.sha}`);
    expect((await run(project, 'list')).stdout).toBe('Nothing is kept.');
    expect(await run(project, 'show', 'app-1')).toMatchObject({ code: 2 });
  });

  it('takes the newest of a task, and drops only what is named by its ref', async () => {
    await using project = await makeGitProject();
    const first = await keepFile(project, TASK, 'one');
    const second = await keepFile(project, TASK, 'two', first.left);
    expect(second.name).toMatch(/\/w0\/2$/);
    expect((await run(project, 'show', 'app-1')).stdout).toMatch(/^\+(one|two)$/m);
    expect(await run(project, 'drop', 'app-1', '--yes')).toMatchObject({ code: 2 });
    expect((await run(project, 'drop', first.name, second.name, '--yes')).code).toBe(0);
  });

  it('shows work against the merges of its run that have not landed', async () => {
    await using project = await makeGitProject();
    const left = await leaveWorktree(project);
    await left.git('commit', '-q', '--allow-empty', '-m', 'Merged');
    await writeFile(join(left.path, 'merged.txt'), 'merged\n');
    await left.git('add', '.');
    await left.git('commit', '-qm', 'Merged');
    await project.git('branch', `loop/${left.run}/trunk`, left.branch);
    const kept = await keepFile(project, null, 'three', left);
    const { stdout } = await run(project, 'show', kept.name, '--stat');
    expect(stdout).toContain('new.txt');
    expect(stdout).not.toContain('merged.txt');
  });
});
