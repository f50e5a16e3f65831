import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dryRun } from '../../source/engine/dry-run.js';
import type { EventStream } from '../../source/engine/event-stream.js';
import { type DurableEvent, isDurable } from '../../source/engine/events.js';
import { preflight } from '../../source/engine/preflight.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { readManifestRecord } from '../../source/engine/run-files/manifest-record.js';
import { readRunRecord } from '../../source/engine/run-files/run-record.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { fileTasks, GATED, hastyClock, startLoop } from './loop-run.js';
import { folderOf } from './replay.js';

/** Runs a dry run to its end and gives what it told. Its agent would leave a file at home. */
async function dry(project: GitProject, jobs: number): Promise<{ run: string; events: DurableEvent[] }> {
  const checked = await preflight({
    cwd: project.path,
    env: project.env,
    flags: { jobs, runtime: ['command'], agent_command: 'touch "$HOME/started"' },
    options: {
      dry_run: true,
      land: true,
      gate: true,
      allow_red_base: false,
      ignore_unlanded: false,
      ignore_crashed: false,
      queue: 'auto',
    },
    clock: hastyClock,
  });
  if (checked.kind === 'refused') throw new Error(checked.problems.join('\n'));
  const events: DurableEvent[] = [];
  const listen = (stream: EventStream): void => {
    stream.subscribe((event) => {
      if (isDurable(event)) events.push(event);
    });
  };
  expect(await dryRun(checked.plan, listen)).toBe(0);
  return { run: checked.plan.run, events };
}

/** All that a dry run must leave alone. */
async function traces(project: GitProject): Promise<Record<string, string>> {
  return {
    refs: await project.git('for-each-ref'),
    worktrees: await project.git('worktree', 'list', '--porcelain'),
    status: await project.git('status', '--porcelain', '--branch', '--ignored'),
    tasks: await readFile(join(project.path, '.hew', 'tasks.jsonl'), 'utf8'),
  };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

describe('a dry run', () => {
  test('tells which slot would take what, and touches nothing but its own folder', async () => {
    await using project = await makeGitProject({
      files: {
        '.hew.toml': '[gate]\ntest = "test ! -e broken"\n[worktree]\ncopy = [".env"]\n',
        '.gitignore': '.env\n',
      },
    });
    await project.write('.env', 'SECRET=1\n');
    const [one, two] = await fileTasks(
      project,
      { title: 'One', description: 'Do the first thing.' },
      { title: 'Two' },
      { title: 'Three' },
    );
    const before = await traces(project);
    const { run, events } = await dry(project, 2);
    expect(await traces(project)).toEqual(before);
    expect(await exists(join(project.folder, 'home', 'started'))).toBe(false);
    expect(await exists(join(project.folder, 'hew', 'wt', run))).toBe(false);

    const planned = events.filter((event) => event.type === 'slot.planned');
    expect(planned).toMatchObject([
      { slot: 1, worker: 0, task: one, title: 'One', branch: `loop/${run}/w0` },
      { slot: 2, worker: 1, task: two, title: 'Two', branch: `loop/${run}/w1` },
    ]);
    expect(planned[0]?.prompt).toContain('Do the first thing.');
    expect(planned[0]?.prompt).toContain('test ! -e broken');
    expect(planned[0]?.prompt_hash).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(planned.map(({ prompt_hash }) => prompt_hash)).size).toBe(1);
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'slot.planned',
      'slot.planned',
      'run.finished',
    ]);

    const folder = folderOf(project, run);
    expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'manifest.json', 'run.json']);
    expect((await readJournal(join(folder, 'events.jsonl'))).events).toEqual(events);
    expect(await readRunRecord(join(folder, 'run.json'))).toMatchObject({ mode: 'dry_run', exit_code: 0 });
    expect(await readManifestRecord(join(folder, 'manifest.json'))).toMatchObject({
      jobs: 2,
      workers: [
        { id: 0, branch: `loop/${run}/w0`, iter_count: 0 },
        { id: 1, branch: `loop/${run}/w1`, iter_count: 0 },
      ],
    });
  });

  test('with one job names the checkout and its branch', async () => {
    await using project = await makeGitProject({ files: GATED });
    const [one] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    const before = await traces(project);
    const { events } = await dry(project, 1);
    expect(await traces(project)).toEqual(before);
    const planned = events.filter((event) => event.type === 'slot.planned');
    expect(planned).toMatchObject([{ slot: 1, worker: 0, task: one, branch: 'main' }]);
    expect(planned[0]?.prompt).toContain(`Worktree: ${project.path}`);
  });

  test('may be made beside a live run, and leaves that alone', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [one, two] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    await using live = await startLoop(project, { agent: agents.command, flags: { max_iter: 1 } });
    const agent = await agents.next({ task: one! });
    const { events } = await dry(project, 2);
    expect(events.filter((event) => event.type === 'slot.planned')).toMatchObject([{ task: two }]);
    await agent.write('one.txt', 'one\n');
    await agent.close();
    expect(await live.ended).toBe(3);
    // Its folder is no earlier run's that could stand against a start.
    await using later = await startLoop(project, { agent: agents.command });
    await (await agents.next({ task: two! })).close();
    expect(await later.ended).toBe(0);
  });
});
