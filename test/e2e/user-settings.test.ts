import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { commitFile } from './commit-file.js';
import { fileTitled } from './file-titled.js';
import { GATED, startLoop } from './loop-run.js';

const HOOKS = `pre-commit prepare-commit-msg commit-msg post-commit post-checkout pre-merge-commit post-merge
  reference-transaction post-index-change post-rewrite pre-auto-gc`.split(/\s+/);

/** Runs one task whose agent commits one file and leaves another; the run must end well. */
async function workOneTask(
  project: GitProject,
  env: Readonly<Record<string, string>> = {},
  left = 'left.txt',
): Promise<string> {
  await using agents = await startSteppedAgents();
  const [one] = await fileTitled(project, 'One');
  await using run = await startLoop(project, { agent: agents.command, env });
  const agent = await agents.next({ task: one });
  await commitFile(agent, 'one.txt');
  await agent.write(left, 'not committed\n');
  await agent.close();
  expect(await run.ended).toBe(0);
  return one;
}

/** Who made the commits of main, the first one left out: author and committer. */
async function makers(project: GitProject): Promise<string[]> {
  const first = await project.git('rev-list', '--max-parents=0', 'main');
  const all = await project.git('log', '--format=%an <%ae>, %cn <%ce>', `${first}..main`);
  return [...new Set(all.split('\n'))];
}

describe('the user’s git', () => {
  test('keeps its hooks for the agent’s commits; none runs for hew’s', async () => {
    await using project = await makeGitProject({ files: GATED });
    const log = join(project.folder, 'hooks.log');
    const [one] = await fileTitled(project, 'Never taken');
    await project.git('branch', 'unused');
    // Fails for whoever is not the agent, which is told its task.
    const script = `#!/bin/sh\necho "$(basename "$0") \${HEW_TASK_ID-hew}" >> '${log}'\ntest -n "\${HEW_TASK_ID-}"\n`;
    for (const hook of HOOKS) {
      await writeFile(join(project.path, '.git/hooks', hook), script);
      await chmod(join(project.path, '.git/hooks', hook), 0o755);
    }
    await using agents = await startSteppedAgents();
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next({ task: one });
    await commitFile(agent, 'one.txt');
    await agent.write('left.txt', 'not committed\n');
    await agent.close();
    expect(await run.ended).toBe(0);
    const ran = (await readFile(log, 'utf8')).trimEnd().split('\n');
    expect(ran.filter((line) => !line.endsWith(` ${one}`))).toEqual([]);
    expect(ran).toContain(`pre-commit ${one}`);
    expect(await project.git('show', 'main:left.txt')).toBe('not committed');
  });

  test('asks for signatures and has no key: neither hew nor the agent is stopped', async () => {
    await using project = await makeGitProject({ files: GATED });
    await project.git('config', 'commit.gpgSign', 'true');
    await project.git('config', 'tag.gpgSign', 'true');
    await project.git('config', 'gpg.program', '/bin/false');
    await workOneTask(project);
    expect(await project.git('show', 'main:left.txt')).toBe('not committed');
  });

  test('has a name: every commit bears it', async () => {
    await using project = await makeGitProject({ files: GATED });
    await workOneTask(project);
    const person = 'Test Person <person@example.invalid>';
    expect(await makers(project)).toEqual([`${person}, ${person}`]);
  });

  test('has none: the commits are hew’s', async () => {
    await using project = await makeGitProject({ files: GATED });
    await project.git('config', '--unset', 'user.name');
    await project.git('config', '--unset', 'user.email');
    await workOneTask(project);
    expect(await makers(project)).toEqual(['hew <hew@localhost>, hew <hew@localhost>']);
  });

  test('was given a name by the environment: every commit bears that', async () => {
    await using project = await makeGitProject({ files: GATED });
    await project.git('config', '--unset', 'user.name');
    await project.git('config', '--unset', 'user.email');
    await workOneTask(project, {
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'user.name',
      GIT_CONFIG_VALUE_0: 'From Outside',
      GIT_CONFIG_KEY_1: 'user.email',
      GIT_CONFIG_VALUE_1: 'outside@example.invalid',
    });
    const person = 'From Outside <outside@example.invalid>';
    expect(await makers(project)).toEqual([`${person}, ${person}`]);
  });

  const places: Record<string, (project: GitProject) => Promise<Record<string, string>>> = {
    'core.excludesFile': async (project) => {
      await writeFile(join(project.folder, 'home/mine'), '*.local\n');
      await project.git('config', '--global', 'core.excludesFile', '~/mine');
      return {};
    },
    'the default file': async (project) => {
      await mkdir(join(project.folder, 'home/.config/git'), { recursive: true });
      await writeFile(join(project.folder, 'home/.config/git/ignore'), '*.local\n');
      return {};
    },
    'core.excludesFile of the environment': async (project) => {
      await writeFile(join(project.folder, 'mine'), '*.local\n');
      const file = join(project.folder, 'mine');
      return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.excludesFile', GIT_CONFIG_VALUE_0: file };
    },
  };
  test.each(Object.keys(places))(
    'ignores by %s: so do agents, with copied files and without',
    async (name) => {
      for (const include of ['', '.env\n']) {
        await using project = await makeGitProject({
          files: { ...GATED, '.gitignore': '.env\n', '.worktreeinclude': include },
        });
        await project.write('.env', 'TOKEN=secret\n');
        const env = await places[name]?.(project);
        await workOneTask(project, env, 'notes.local');
        const changed = await project.git('show', '--format=', '--name-only', '-m', '--first-parent', 'main');
        expect(changed).toBe('one.txt');
      }
    },
  );
});
