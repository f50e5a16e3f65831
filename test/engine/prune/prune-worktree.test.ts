import { chmod, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../source/engine/clock.js';
import { holdRun } from '../../../source/engine/hold-run.js';
import { newRunId } from '../../../source/engine/ids.js';
import { inspectWorktree } from '../../../source/engine/prune/inspect-worktree.js';
import { listWorktrees } from '../../../source/engine/prune/list-worktrees.js';
import { removeBranches, spentBranches } from '../../../source/engine/prune/prune-branches.js';
import { type Pruned, pruneWorktree } from '../../../source/engine/prune/prune-worktree.js';
import { takeRunLock } from '../../../source/engine/run-lock.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { leaveWorktree, type LeftWorktree, opened, writeRunRecord } from './left-worktrees.js';

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;

async function standings(project: GitProject): Promise<Record<string, string>> {
  const listed = await listWorktrees(await opened(project), { all_projects: true });
  return Object.fromEntries(listed.map(({ path, standing }) => [path, standing.kind]));
}

async function prune(project: GitProject, { path }: LeftWorktree): Promise<Pruned> {
  const context = await opened(project);
  const listed = (await listWorktrees(context)).find((each) => each.path === path);
  if (!listed) throw new Error(`${path} is not listed`);
  return pruneWorktree(context, systemClock, listed);
}

function salvageOf(pruned: Pruned): string {
  if (pruned.kind === 'left') throw new Error(pruned.why);
  if (pruned.salvage === null) throw new Error('nothing was salvaged');
  return pruned.salvage;
}

describe('pruneWorktree', () => {
  it('salvages commits, changed and new files, and removes folder and entry', async () => {
    await using project = await makeGitProject({ files: { 'a.txt': 'one\n', '.gitignore': 'build\n' } });
    const left = await leaveWorktree(project);
    await writeFile(join(left.path, 'b.txt'), 'committed\n');
    await left.git('add', 'b.txt');
    await left.git('commit', '-qm', 'Work');
    const name = ' odd "name"\n$(touch oops) ü';
    await writeFile(join(left.path, 'a.txt'), 'two\n');
    await writeFile(join(left.path, name), 'untracked\n');
    await mkdir(join(left.path, 'build'));
    await writeFile(join(left.path, 'build', 'x'), 'ignored\n');
    const [listed] = await listWorktrees(await opened(project));
    const contents = await inspectWorktree(await opened(project), listed!);
    expect(contents).toMatchObject({ unkept_commits: 1, uncommitted: 2 });
    expect(contents.bytes).toBeGreaterThan(0);

    const ref = salvageOf(await prune(project, left));
    expect(await exists(join(left.path, '..'))).toBe(false);
    expect(await project.git('worktree', 'list', '--porcelain')).not.toContain(left.path);
    expect(await project.git('show', `${ref}:a.txt`)).toBe('two');
    expect(await project.git('show', `${ref}:b.txt`)).toBe('committed');
    expect(await project.git('show', `${ref}:${name}`)).toBe('untracked');
    expect(await project.git('ls-tree', '-r', '--name-only', ref)).not.toContain('build');
    expect(await project.git('status', '--porcelain')).toBe('');
    expect(await project.git('rev-parse', left.branch)).toBe(await project.git('rev-parse', `${ref}^`));
  });

  it('removes what an ended run has parked while another one is alive, unless that tries it just now', async () => {
    await using project = await makeGitProject();
    const parked = await leaveWorktree(project);
    await writeRunRecord(project, parked.run, {
      stop_reason: 'ready_empty',
      parked: [{ worker: 0, task: 'app-1', branch: parked.branch, path: parked.path, git_dir: '/x' }],
    });
    const taken = await takeRunLock(join(project.path, '.git'), newRunId(new Date()));
    if (taken.kind !== 'locked') throw new Error('the lock is held');
    await using _lock = taken.lock;
    const context = await opened(project);
    const [listed] = await listWorktrees(context);
    expect(listed?.standing.kind).toBe('parked');
    const held = await holdRun(context.places, parked.run);
    if (held.kind !== 'held') throw new Error('it is held by another');
    expect(await pruneWorktree(context, systemClock, listed!)).toMatchObject({ kind: 'left' });
    await held.hold[Symbol.asyncDispose]();
    expect(await pruneWorktree(context, systemClock, listed!)).toMatchObject({ kind: 'removed' });
    expect(await exists(parked.path)).toBe(false);
  });

  it('salvages nothing where nothing would be lost', async () => {
    await using project = await makeGitProject();
    const left = await leaveWorktree(project);
    expect(await prune(project, left)).toEqual({ kind: 'removed', salvage: null });
    expect(await project.git('for-each-ref', 'refs/hew')).toBe('');
  });

  it('keeps a detached HEAD that no branch holds', async () => {
    await using project = await makeGitProject();
    const left = await leaveWorktree(project);
    await left.git('checkout', '-q', '--detach');
    await left.git('commit', '-q', '--allow-empty', '-m', 'Afloat');
    const head = await left.git('rev-parse', 'HEAD');
    const ref = salvageOf(await prune(project, left));
    expect(await project.git('rev-list', '--count', head, `^${ref}`)).toBe('0');
  });

  it('forgets a worktree whose folder was removed by hand, and keeps its HEAD', async () => {
    await using project = await makeGitProject();
    const left = await leaveWorktree(project);
    const other = await leaveWorktree(project, { run: left.run, worker: 1 });
    await left.git('checkout', '-q', '--detach');
    await left.git('commit', '-q', '--allow-empty', '-m', 'Afloat');
    const head = await left.git('rev-parse', 'HEAD');
    await rm(left.path, { recursive: true });
    // A worktree of the user's own, on a disk that is not there just now, is none of hew's business.
    await project.git('worktree', 'add', '-q', join(project.folder, 'mine'));
    await rename(join(project.folder, 'mine'), join(project.folder, 'away'));
    const ref = salvageOf(await prune(project, left));
    expect(await project.git('rev-list', '--count', head, `^${ref}`)).toBe('0');
    const list = await project.git('worktree', 'list', '--porcelain');
    expect(list).not.toContain(left.path);
    expect(list).toContain(join(project.folder, 'mine'));
    expect(await exists(other.path)).toBe(true);
  });

  it('leaves what is no longer the worktree that git lists', async () => {
    await using project = await makeGitProject();
    const [bare, swapped, other] = [
      await leaveWorktree(project),
      await leaveWorktree(project),
      await leaveWorktree(project),
    ];
    await rm(join(bare.path, '.git'));
    await writeFile(join(bare.path, 'precious'), 'x');
    await writeFile(join(swapped.path, '.git'), await readFile(join(other.path, '.git')));
    for (const left of [bare, swapped]) {
      expect(await prune(project, left)).toMatchObject({ kind: 'left' });
      expect(await exists(left.path)).toBe(true);
    }
    expect(await exists(join(bare.path, 'precious'))).toBe(true);
  });

  it('leaves a nested repository, whose history git could not keep', async () => {
    await using project = await makeGitProject();
    const left = await leaveWorktree(project);
    await project.git('init', '-q', join(left.path, 'inner'));
    expect(await prune(project, left)).toMatchObject({ kind: 'left' });
    expect(await exists(join(left.path, 'inner', '.git'))).toBe(true);
  });

  it('goes through no link, and touches nothing outside of the root', async () => {
    await using project = await makeGitProject();
    const left = await leaveWorktree(project);
    const outside = join(project.folder, 'outside');
    await rename(left.path, outside);
    await symlink(outside, left.path);
    await symlink(outside, join(left.path, '..', '7'));
    expect(Object.values(await standings(project))).toEqual(['unclear', 'unclear']);
    expect(await prune(project, left)).toMatchObject({ kind: 'left' });
    expect(await exists(join(outside, 'README.md'))).toBe(true);
    const inside = await leaveWorktree(project);
    await symlink(project.path, join(inside.path, 'link'));
    expect(await prune(project, inside)).toMatchObject({ kind: 'removed' });
    expect(await exists(join(project.path, 'README.md'))).toBe(true);
  });

  it('removes folders that may not be written to', async () => {
    await using project = await makeGitProject({ files: { '.gitignore': 'cache\n' } });
    const left = await leaveWorktree(project);
    await mkdir(join(left.path, 'cache'));
    await writeFile(join(left.path, 'cache', 'x'), '');
    await chmod(join(left.path, 'cache'), 0o500);
    expect(await prune(project, left)).toMatchObject({ kind: 'removed' });
    expect(await exists(left.path)).toBe(false);
  });

  it('lets everything else go on while it removes 20,000 files', async () => {
    await using project = await makeGitProject({ files: { '.gitignore': 'deep\n' } });
    const left = await leaveWorktree(project);
    for (let folder = 0; folder < 20; folder += 1) {
      const path = join(left.path, 'deep', String(folder));
      await mkdir(path, { recursive: true });
      await Promise.all(Array.from({ length: 1000 }, (_, file) => writeFile(join(path, String(file)), '')));
    }
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    try {
      expect(await prune(project, left)).toMatchObject({ kind: 'removed' });
    } finally {
      clearInterval(timer);
    }
    expect(ticks).toBeGreaterThan(20);
    expect(await exists(left.path)).toBe(false);
  });
});

describe('listWorktrees', () => {
  it('tells orphans, parked, live, locked and foreign ones apart', async () => {
    await using project = await makeGitProject();
    await using other = await makeGitProject();
    const orphan = await leaveWorktree(project);
    const earlier = await leaveWorktree(project, { owner: null });
    const foreign = await leaveWorktree(project, { owner: other });
    const locked = await leaveWorktree(project);
    await project.git('worktree', 'lock', locked.path);
    const parked = await leaveWorktree(project);
    await writeRunRecord(project, parked.run, {
      stop_reason: 'ready_empty',
      parked: [{ worker: 0, task: 'app-1', branch: parked.branch, path: parked.path, git_dir: '/x' }],
    });
    const broken = await leaveWorktree(project);
    await project.write(join('.hew', 'loop', broken.run, 'run.json'), '{ torn');
    const alive = await leaveWorktree(project);
    const taken = await takeRunLock(join(project.path, '.git'), alive.run);
    if (taken.kind !== 'locked') throw new Error('the lock is held');
    await using _lock = taken.lock;
    expect(await standings(project)).toEqual({
      [orphan.path]: 'orphan',
      [earlier.path]: 'orphan',
      [foreign.path]: 'foreign',
      [locked.path]: 'unclear',
      [parked.path]: 'parked',
      [broken.path]: 'parked',
      [alive.path]: 'alive',
    });
    const mine = await listWorktrees(await opened(project));
    expect(mine.map(({ path }) => path)).not.toContain(foreign.path);
  });

  it('never lists the worktrees of another project as its own', async () => {
    await using one = await makeGitProject();
    await using two = await makeGitProject();
    const shared = { ...two, env: { ...two.env, HEW_HOME: one.env['HEW_HOME'] ?? '' } };
    const mine = await leaveWorktree(one);
    const theirs = await leaveWorktree(shared);
    expect(await standings(one)).toEqual({ [mine.path]: 'orphan', [theirs.path]: 'foreign' });
    expect(await standings(shared)).toEqual({ [mine.path]: 'foreign', [theirs.path]: 'orphan' });
  });

  it('says of those of another project what that one’s own lock and files say', async () => {
    await using one = await makeGitProject();
    await using two = await makeGitProject();
    const theirs = await leaveWorktree({ ...two, env: { ...two.env, HEW_HOME: one.env['HEW_HOME'] ?? '' } });
    const standing = async (): Promise<object | undefined> => {
      const [listed] = await listWorktrees(await opened(one), { all_projects: true });
      return listed?.standing;
    };
    expect(await standing()).toMatchObject({ kind: 'foreign', state: 'orphan' });
    await writeRunRecord(two, theirs.run, {
      stop_reason: null,
      parked: [{ worker: 0, task: 'b-1', bug: 'b-2', branch: '', path: theirs.path, git_dir: '/x' }],
    });
    const why = 'it belongs to project; it is parked with b-1 for bug b-2, for a person';
    expect(await standing()).toEqual({ kind: 'foreign', state: 'parked', why });
    const taken = await takeRunLock(join(two.path, '.git'), theirs.run);
    if (taken.kind !== 'locked') throw new Error('the lock is held');
    expect(await standing()).toMatchObject({ state: 'alive', why: expect.stringContaining('process') });
    await taken.lock[Symbol.asyncDispose]();
    await rm(two.path, { recursive: true });
    expect(await standing()).toMatchObject({
      state: 'unknown',
      why: expect.stringMatching(/; unknown, because its repository .* is not there$/),
    });
  });
});

describe('spentBranches', () => {
  it('are those on a branch of the user, and never an unlanded trunk', async () => {
    await using project = await makeGitProject();
    const run = newRunId(new Date());
    await project.git('branch', `loop/${run}/w0`);
    await project.git('branch', 'loop/of-somebody');
    await project.git('checkout', '-qb', `loop/${run}/trunk`);
    await project.git('commit', '-q', '--allow-empty', '-m', 'Unlanded');
    await project.git('branch', `loop/${run}/w1`);
    await project.git('checkout', '-q', 'main');
    const used = await leaveWorktree(project);
    const context = await opened(project);
    const limits = { run: null, older_than_ms: null, freed: new Set<string>() };
    const spent = await spentBranches(context, limits, new Date());
    expect(spent.map(({ branch }) => branch)).toEqual([`loop/${run}/w0`]);
    const freed = await spentBranches(context, { ...limits, freed: new Set([used.branch]) }, new Date());
    expect(freed).toHaveLength(2);
    await project.git('branch', '-f', `loop/${run}/w0`, `loop/${run}/trunk`);
    expect(await removeBranches(context, spent)).toEqual([]);
    await project.git('branch', '-f', `loop/${run}/w0`, 'main');
    expect(await removeBranches(context, spent)).toEqual(spent);
    expect(await project.git('branch', '--list', 'loop/*', '--format=%(refname)')).toContain('trunk');
  });
});
