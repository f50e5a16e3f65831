import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { checkoutHashes } from './checkout-hashes.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { landAgain } from './land-again.js';
import { GATED, startLoop } from './loop-run.js';

/** A project with untracked and ignored files, a stash, and configuration of its own. */
async function livedIn(): Promise<GitProject> {
  const project = await makeGitProject({
    files: { ...GATED, '.gitignore': 'ignored/\n', 'tracked.txt': 'tracked\n', 'staged.txt': 'first\n' },
  });
  await project.write('tracked.txt', 'stashed\n');
  await project.git('stash', '--quiet');
  await project.git('branch', 'old-idea');
  await project.git('tag', 'v1');
  await project.git('config', 'own.value', 'mine');
  await project.git('config', '--global', 'own.value', 'everywhere');
  await project.git('config', 'merge.autoStash', 'true');
  await project.git('config', 'rebase.autoStash', 'true');
  await project.write('notes.txt', 'untracked\n');
  await project.write('ignored/secret', 'ignored\n');
  return project;
}

describe('the checkout that hew is started in', () => {
  test('keeps each byte while agents work, and when the landing is refused for tracked changes', async () => {
    await using project = await livedIn();
    await project.write('staged.txt', 'staged\n');
    await project.git('add', 'staged.txt');
    await project.write('staged.txt', 'staged, then changed\n');
    await project.write('tracked.txt', 'changed\n');
    await using agents = await startSteppedAgents();
    const [one, two, three] = await fileTitled(project, 'One', 'Two', 'Three');
    const before = await checkoutHashes(project);
    await using run = await startLoop(project, { agent: agents.command });

    const [first, second] = [await agents.next({ task: one }), await agents.next({ task: two })];
    expect(await checkoutHashes(project)).toEqual(before);
    // Of what is not committed no agent sees anything.
    expect(await first.git('status', '--porcelain')).toBe('');
    expect(await first.git('show', 'HEAD:staged.txt')).toBe('first');
    await commitFile(first, 'tracked.txt', 'by the first agent\n');
    await second.write('tracked.txt', 'by the second agent\n');
    expect(await checkoutHashes(project)).toEqual(before);
    await first.close();
    await run.until('merge.finished', (event) => event.task === one);
    expect(await checkoutHashes(project)).toEqual(before);
    await second.close();
    await run.until('worker.parked', (event) => event.task === two);
    const third = await agents.next({ task: three });
    await third.write('broken', '');
    await third.close();
    const again = await agents.next({ task: three, attempt: 2 });
    expect(await checkoutHashes(project)).toEqual(before);
    await again.write('three.txt', 'three\n');
    await again.close();

    expect(await run.ended).toBe(1);
    expect(await checkoutHashes(project)).toEqual(before);
    expect(run.all('foreign.changed')).toEqual([]);
    const { reason } = await run.until('land.refused');
    expect(reason).toContain('staged.txt');
    expect(reason).toContain('tracked.txt');
  });

  test('keeps what is the user’s when the work lands beside it', async () => {
    await using project = await livedIn();
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    const before = await checkoutHashes(project);
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await commitFile(first, 'one.txt');
    await first.close();
    expect(await run.ended).toBe(0);
    const { 'one.txt': landed, ...after } = await checkoutHashes(project);
    expect(landed).toBeDefined();
    const moves = ['.git/index', '.git/logs/HEAD', '.git/logs/refs/heads/main', 'refs/heads/main'];
    const own = (hashes: Record<string, string>): object =>
      Object.fromEntries(Object.entries(hashes).filter(([name]) => !moves.includes(name)));
    expect(own(after)).toEqual(own(before));
    expect(await project.git('status', '--porcelain')).toBe('?? notes.txt');
    expect(await project.git('stash', 'list')).toMatch(/^stash@\{0\}/);
  });

  test('loses nothing of its changes to an autostash, and the work lands once they are committed', async () => {
    await using project = await livedIn();
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const first = await agents.next({ task: one });
    await project.write('tracked.txt', 'changed while the agent works\n');
    await first.write('one.txt', 'one\n');
    await first.close();
    expect(await run.ended).toBe(1);
    expect(await project.git('status', '--porcelain')).toBe(' M tracked.txt\n?? notes.txt');
    expect((await project.git('stash', 'list')).split('\n')).toHaveLength(1);

    await project.git('commit', '--quiet', '--all', '--message', 'Mine');
    expect(await landAgain(project)).toMatchObject({ kind: 'landed' });
    expect(await project.git('show', 'main:tracked.txt')).toBe('changed while the agent works');
    expect(await project.git('show', 'main:one.txt')).toBe('one');
    expect(await project.git('status', '--porcelain')).toBe('?? notes.txt');
  });

  test('is the one of the folder, whatever repository an inherited environment names', async () => {
    await using project = await livedIn();
    await using other = await livedIn();
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    const [before, elsewhere] = [await checkoutHashes(project), await checkoutHashes(other)];
    const env = {
      GIT_DIR: join(other.path, '.git'),
      GIT_WORK_TREE: other.path,
      GIT_INDEX_FILE: join(other.path, '.git/index'),
      GIT_OBJECT_DIRECTORY: join(other.path, '.git/objects'),
      GIT_COMMON_DIR: join(other.path, '.git'),
      GIT_PREFIX: 'somewhere/',
    };
    await using run = await startLoop(project, { agent: agents.command, env });
    const first = await agents.next({ task: one });
    expect(Object.keys(first.env).filter((name) => name in env)).toEqual([]);
    expect(await first.git('rev-parse', '--show-toplevel')).toBe(await realpath(first.cwd));
    await commitFile(first, 'one.txt');
    expect(await checkoutHashes(project)).toEqual(before);
    await first.close();
    expect(await run.ended).toBe(0);
    expect(await project.git('show', 'main:one.txt')).toBe('one.txt');
    expect(await checkoutHashes(other)).toEqual(elsewhere);
  });
});
