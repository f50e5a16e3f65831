import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { checkoutHashes } from './checkout-hashes.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { landAgain } from './land-again.js';
import { GATED, startLoop } from './loop-run.js';

interface Obstacle {
  /** What the agent commits. */
  readonly path?: string;
  /** What the user does while the agent works. */
  readonly make: (project: GitProject) => Promise<unknown>;
  /** What the refusal names. */
  readonly reason: RegExp;
  /** What the user does afterwards; null where the work must be brought home by hand. */
  readonly remove: ((project: GitProject) => Promise<unknown>) | null;
}

const OBSTACLES: Record<string, Obstacle> = {
  'the starting branch was rebased': {
    make: (project) => project.git('commit', '--quiet', '--amend', '--allow-empty', '--message', 'Reworded'),
    reason: /main no longer contains/,
    remove: null,
  },
  'another branch is checked out': {
    make: (project) => project.git('switch', '--quiet', '--create', 'elsewhere'),
    reason: /is on elsewhere, not on main/,
    remove: (project) => project.git('switch', '--quiet', 'main'),
  },
  'HEAD is detached': {
    make: (project) => project.git('switch', '--quiet', '--detach'),
    reason: /detached/,
    remove: (project) => project.git('switch', '--quiet', 'main'),
  },
  'a merge is in progress': {
    make: (project) => project.git('merge', '--quiet', '--no-ff', '--no-commit', 'side'),
    reason: /a merge is in progress/,
    remove: (project) => project.git('merge', '--abort'),
  },
  'a bisect is in progress': {
    make: (project) => project.git('bisect', 'start'),
    reason: /a bisect is in progress/,
    remove: (project) => project.git('bisect', 'reset'),
  },
  'a tracked file is changed': {
    make: (project) => project.write('README.md', 'changed\n'),
    reason: /README\.md/,
    remove: (project) => project.git('commit', '--quiet', '--all', '--message', 'Mine'),
  },
  'a change is staged': {
    make: async (project) => {
      await project.write('staged.txt', 'staged\n');
      await project.git('add', 'staged.txt');
    },
    reason: /staged\.txt/,
    remove: (project) => project.git('commit', '--quiet', '--message', 'Mine'),
  },
  'an untracked file would be overwritten': {
    make: (project) => project.write('one.txt', 'mine\n'),
    reason: /one\.txt/,
    remove: (project) => rm(join(project.path, 'one.txt')),
  },
  'an ignored file would be overwritten': {
    path: 'out.log',
    make: (project) => project.write('out.log', 'mine\n'),
    reason: /out\.log/,
    remove: (project) => rm(join(project.path, 'out.log')),
  },
  'an ignored folder would be overwritten': {
    path: 'cache',
    make: (project) => project.write('cache/deep/file', 'mine\n'),
    reason: /cache/,
    remove: (project) => rm(join(project.path, 'cache'), { recursive: true }),
  },
  'an ignored file is where a folder is to be': {
    path: 'cache/new',
    make: (project) => project.write('cache', 'mine\n'),
    reason: /cache/,
    remove: (project) => rm(join(project.path, 'cache')),
  },
};

describe('the landing is refused and nothing of the user’s touched', () => {
  test.each(Object.keys(OBSTACLES))('where %s', async (name) => {
    const { path = 'one.txt', make, reason, remove } = OBSTACLES[name] as Obstacle;
    await using project = await makeGitProject({
      files: { ...GATED, '.gitignore': '*.log\ncache\n' },
    });
    await project.git('commit', '--quiet', '--allow-empty', '--message', 'Second commit');
    await project.git(
      'branch',
      'side',
      await project.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'Side'),
    );
    await using agents = await startSteppedAgents();
    const [one] = await fileTitled(project, 'One');
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next({ task: one });
    await agent.write(path, 'by the agent\n');
    await agent.git('add', '--force', path);
    await agent.git('commit', '--quiet', '--message', 'One');
    await make(project);
    const before = await checkoutHashes(project);
    await agent.close();

    expect(await run.ended).toBe(1);
    expect((await run.until('land.refused')).reason).toMatch(reason);
    expect(await checkoutHashes(project)).toEqual(before);
    expect(run.state.tasks.get(one)?.closed).toBe(true);
    expect(await project.git('show', `loop/${run.run}/trunk:${path}`)).toBe('by the agent');
    if (remove === null) {
      // By hand, and then the rest is tidied up.
      await project.git('merge', '--quiet', `loop/${run.run}/trunk`);
    } else await remove(project);
    expect(await landAgain(project)).toMatchObject({ kind: 'landed' });
    expect(await readFile(join(project.path, path), 'utf8')).toBe('by the agent\n');
    expect(await project.git('for-each-ref', 'refs/heads/loop')).toBe('');
  });
});

describe('a branch', () => {
  test.each(['--squash', '-s ours', '--no-ff --no-commit'])(
    'whose merges are configured to %s is fast-forwarded all the same',
    async (options) => {
      await using project = await makeGitProject({ files: GATED });
      await project.git('switch', '--quiet', '--create', 'a.b=c');
      await project.git('config', 'branch.a.b=c.mergeOptions', options);
      await using agents = await startSteppedAgents();
      const [one] = await fileTitled(project, 'One');
      await using run = await startLoop(project, { agent: agents.command });
      const agent = await agents.next({ task: one });
      await commitFile(agent, 'one.txt');
      await agent.close();
      expect(await run.ended).toBe(0);
      expect(await project.git('rev-parse', 'HEAD', 'a.b=c')).toBe(`${run.state.trunk}\n${run.state.trunk}`);
      expect(await project.git('status', '--porcelain')).toBe('');
    },
  );
});
