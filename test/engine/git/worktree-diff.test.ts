import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shaSchema } from '../../../source/engine/ids.js';
import { addWorktree, resetTo } from '../../../source/engine/git/worktree.js';
import { writeWorktreeDiff } from '../../../source/engine/git/worktree-diff.js';
import { makeGitProject } from '../../git-project.js';
import { hewGit } from './hew-git.js';

describe('writeWorktreeDiff', () => {
  it('holds what is committed, uncommitted and untracked, and leaves the worktree as it was', async () => {
    await using project = await makeGitProject({
      files: { 'kept.txt': 'a\n', 'changed.txt': 'old\n', 'gone.txt': 'x\n', '.gitignore': 'ignored\n' },
    });
    await project.git('config', 'diff.external', 'false');
    await project.git('config', 'color.ui', 'always');
    await project.git('config', 'diff.noprefix', 'true');
    const git = await hewGit(project);
    const base = shaSchema.parse((await project.git('rev-parse', 'HEAD')).trim());
    const path = join(project.folder, 'wt');
    const worktree = await addWorktree(git, project.path, path, 'work', base);
    await resetTo(git, worktree, base);
    await writeFile(join(path, 'changed.txt'), 'committed\n');
    await git.text(path, ['commit', '-qam', 'a commit']);
    await writeFile(join(path, 'changed.txt'), 'uncommitted\n');
    await git.text(path, ['rm', '-q', 'gone.txt']);
    await writeFile(join(path, 'new file.txt'), 'new\n');
    await writeFile(join(path, 'ignored'), 'ignored\n');
    await mkdir(join(path, 'folder'));
    await symlink('../kept.txt', join(path, 'folder', 'link'));
    const before = await git.text(path, ['status', '--porcelain=v2', '--branch']);
    const file = join(project.folder, 'diff');
    await writeWorktreeDiff(git, worktree, base, file);
    const diff = await readFile(file, 'utf8');
    expect(diff.match(/^diff .*$/gm)).toEqual([
      'diff --git a/changed.txt b/changed.txt',
      'diff --git a/folder/link b/folder/link',
      'diff --git a/gone.txt b/gone.txt',
      'diff --git a/new file.txt b/new file.txt',
    ]);
    expect(diff).toContain('-old\n+uncommitted\n');
    expect(diff).toContain('+new\n');
    expect(await git.text(path, ['status', '--porcelain=v2', '--branch'])).toBe(before);
  });

  it('is empty where nothing has changed', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const base = shaSchema.parse((await project.git('rev-parse', 'HEAD')).trim());
    const gitDir = await git.text(project.path, ['rev-parse', '--absolute-git-dir']);
    const file = join(project.folder, 'diff');
    await writeWorktreeDiff(git, { path: project.path, git_dir: gitDir, branch: 'main' }, base, file);
    expect(await readFile(file, 'utf8')).toBe('');
  });
});
