import { once } from 'node:events';
import { access, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { durableEventSchema } from '../../source/engine/events.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { hew } from '../commands/hew.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { markedProcesses } from '../marked-processes.js';
import { startSteppedAgents } from '../stepped-agents.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fileTasks, GATED, queueOf } from './loop-run.js';
import { folderOf } from './replay.js';
import { TOLD_AGENT } from './told-project.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'dist', 'bin.js');

function hewIn(project: GitProject, ...argv: readonly string[]): ReturnType<typeof hew> {
  return hew({ cwd: project.path, env: project.env }, ...argv);
}

/** The modules that a `hew` loads, without Node's own. */
async function modulesOf(...argv: readonly string[]): Promise<string[]> {
  const hook = fileURLToPath(new URL('../fixtures/tell-modules.mjs', import.meta.url));
  const { stderr } = await execa(process.execPath, ['--import', hook, BIN, ...argv], { reject: false });
  const urls = stderr.split('\n').flatMap((line) => (line.startsWith('module ') ? [line.slice(7)] : []));
  return urls.filter((url) => url.startsWith('file:') && !url.endsWith('/tell-modules.mjs'));
}

describe('hew', () => {
  test('--version prints the version of the package and loads nothing for it', async () => {
    await using folder = await temporaryFolder();
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const where = { cwd: folder.path, env: {} };
    expect(await hew(where, '--version')).toEqual({ code: 0, stdout: version, stderr: '' });
    expect(await hew(where, '-v')).toEqual({ code: 0, stdout: version, stderr: '' });
    expect((await modulesOf('--version')).map((url) => fileURLToPath(url))).toEqual([BIN]);
  });

  test('--help lists the commands and loads none of them', async () => {
    await using folder = await temporaryFolder();
    const where = { cwd: folder.path, env: {} };
    const help = await hew(where, '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^ {2}hew loop run /m);
    expect(help.stdout).toMatch(/^ {2}hew task /m);
    for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(await hew(where)).toEqual(help);
    const heavy = /node_modules\/(react|ink|zod|execa|meow)\//;
    expect((await modulesOf('--help')).filter((url) => heavy.test(url))).toEqual([]);
  });

  test('loads neither React nor Ink for the queue', async () => {
    const modules = await modulesOf('task', 'list');
    expect(modules.length).toBeGreaterThan(10);
    expect(modules.filter((url) => /node_modules\/(react|ink)\//.test(url))).toEqual([]);
  });

  test.each([
    [['lop', 'run'], 'there is no command "lop run". Did you mean `hew loop run`?'],
    [['tsk', 'list'], 'there is no command "tsk list". Did you mean `hew task`?'],
    [['frobnicate'], 'there is no command "frobnicate". `hew --help` lists them.'],
    [['loop', 'rum'], 'there is no command "loop rum". Did you mean `hew loop run`?'],
    [['\u001B[31mred'], 'there is no command "red". `hew --help` lists them.'],
    [['task', 'lst'], 'there is no "hew task lst". Did you mean `hew task list`?'],
    [['loop', 'run', '--job', '2'], 'there is no flag --job. Did you mean --jobs?'],
    [['loop', 'run', '--jobs', '0'], '--jobs 0 must be from 1 to 16'],
    [['loop', 'run', '--jobs', '17'], '--jobs 17 must be from 1 to 16'],
    [['loop', 'run', '--jobs', 'abc'], '--jobs must be a number, not "abc".'],
    [['loop', 'run', '--jobs', '2.5'], '--jobs 2.5 must be a whole number from 1 to 16'],
    [['loop', 'run', '--jobs'], '--jobs lacks its value.'],
    [['loop', 'run', '--queue', 'jira'], '--queue must be one of auto, file, beads, not "jira".'],
  ])('%j is refused in one line', async (argv, line) => {
    await using folder = await temporaryFolder();
    const refused = await hew({ cwd: folder.path, env: {} }, ...argv);
    expect(refused).toEqual({ code: 2, stdout: '', stderr: `hew: ${line}` });
  });

  test('loop run says what is missing outside of git', async () => {
    await using folder = await temporaryFolder();
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path };
    const refused = await hew({ cwd: folder.path, env }, 'loop', 'run', '--agent-command', 'true');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^hew: .*git init/);
    expect(refused.stderr.split('\n')).toHaveLength(1);
  });

  test('loop land says that nothing waits', async () => {
    await using project = await makeGitProject({ files: GATED });
    expect(await hewIn(project, 'loop', 'land')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'hew: No run waits to be landed here.',
    });
  });
});

describe('hew loop run', () => {
  const flags = ['loop', 'run', '--jobs', '2', '--agent-command', TOLD_AGENT];
  const files = { ...GATED, 'work/begun': 'done\n' };

  test('prints plain lines and ends with the summary', async () => {
    await using project = await makeGitProject({ files });
    await fileTasks(project, { title: 'One' }, { title: 'Two' });
    const ran = await hewIn(project, ...flags);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const [told = '', summary = ''] = ran.stdout.split(/\n\n(?= hew )/);
    for (const line of told.split('\n')) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}(run|slot \d) +\S/);
    expect(told).toMatch(/landed: main moved/);
    expect(summary).toMatch(/2 tasks {3}2 merged/);
    expect(ran.stdout).not.toContain('\u001B');
    for (const line of ran.stdout.split('\n')) expect(line).toBe(line.trimEnd());
  });

  test('--json prints the journal and nothing else', async () => {
    await using project = await makeGitProject({ files });
    await fileTasks(project, { title: 'One', description: '[breaks first]' });
    const ran = await hewIn(project, ...flags, '--json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const events = ran.stdout.split('\n').map((line) => durableEventSchema.parse(JSON.parse(line)));
    expect(events.every(({ v, type, at }) => v === 1 && type !== undefined && Date.parse(at) > 0)).toBe(true);
    const run = events.flatMap((event) => (event.type === 'run.started' ? [event.run_id] : []));
    const journal = await readJournal(join(folderOf(project, run[0]!), 'events.jsonl'));
    expect(events).toEqual(journal.events);
  });

  test('--dry-run tells what it would do', async () => {
    await using project = await makeGitProject({ files });
    await fileTasks(project, { title: 'One' });
    const ran = await hewIn(project, ...flags, '--dry-run');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/slot 1 +app-1: would take One/);
    expect(await project.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test('ends with 1 when a task has failed, 2 when the base is red, 3 when a limit left tasks', async () => {
    await using project = await makeGitProject({ files });
    const [one] = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    expect((await hewIn(project, ...flags, '--max-iter', '1')).code).toBe(3);
    expect((await queueOf(project).show(one!))?.status).toBe('closed');
    expect((await hewIn(project, 'loop', 'run', '--agent-command', 'false', '--jobs', '2')).code).toBe(1);
    await project.write('broken', 'red\n');
    await project.git('add', '--all');
    await project.git('commit', '--quiet', '--message', 'Red');
    await fileTasks(project, { title: 'Three' });
    const red = await hewIn(project, ...flags);
    expect(red.code).toBe(2);
    expect(red.stdout + red.stderr).toMatch(/gate RED on the base/);
  });
});

/** A real `hew loop run` that goes on while the test does something to it. */
function startHew(project: GitProject, agent: string, ...more: readonly string[]) {
  const argv = [BIN, 'loop', 'run', '--jobs', '2', '--agent-command', agent, ...more];
  return execa(process.execPath, argv, {
    cwd: project.path,
    env: project.env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    buffer: false,
    // Its own order of ending is what is tested.
    forceKillAfterDelay: false,
  });
}

/** Lets the output pass: a pipe that nobody reads would fill up. */
function drained(running: ReturnType<typeof startHew>): void {
  running.stdout.resume();
  running.stderr.resume();
}

describe('a running hew', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('aborts in order on %s', async (signal) => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const tasks = await fileTasks(project, { title: 'One' }, { title: 'Two' });
    const running = startHew(project, agents.command);
    drained(running);
    const [one, two] = [await agents.next(), await agents.next()];
    await one.write('half.txt', 'half\n');
    await one.runProgram('sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 &');
    expect(await markedProcesses(one.run!)).not.toEqual([]);
    running.kill(signal);
    await Promise.all([one.ended, two.ended]);
    expect((await running).exitCode).toBe(130);
    for (const id of tasks) expect(await queueOf(project).show(id)).toMatchObject({ status: 'open' });
    expect(await markedProcesses(one.run!)).toEqual([]);
    const { events, torn } = await readJournal(join(folderOf(project, one.run!), 'events.jsonl'));
    expect(torn).toBeNull();
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', stop_reason: 'cancelled', exit_code: 130 });
    const [kept] = events.flatMap((event) => (event.type === 'salvage.created' ? [event.ref] : []));
    expect(await project.git('show', `${kept}:half.txt`)).toBe('half');
    expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1);
  });

  test('kills what still works and leaves on a second SIGINT, and the run can be given up', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    const [task] = await fileTasks(project, { title: 'One' });
    const running = startHew(project, agents.command);
    drained(running);
    const one = await agents.next();
    await one.write('half.txt', 'half\n');
    await one.ignoreTerm();
    // One that comes right after the first counts as the same press of the key.
    while (running.nodeChildProcess.exitCode === null) {
      running.kill('SIGINT');
      await Promise.race([running, pause(100)]);
    }
    expect((await running).exitCode).toBe(130);
    await one.ended;
    await expect.poll(() => markedProcesses(one.run!)).toEqual([]);
    const { events } = await readJournal(join(folderOf(project, one.run!), 'events.jsonl'));
    expect(events.map(({ type }) => type)).not.toContain('run.finished');
    expect(events.filter(({ type }) => type === 'control.received')).toHaveLength(1);
    expect((await hew({ cwd: project.path, env: project.env }, 'loop', 'abandon')).code).toBe(0);
    expect(await queueOf(project).show(task!)).toMatchObject({ status: 'open' });
    const kept = await project.git('for-each-ref', '--format=%(refname)', 'refs/hew/salvage');
    expect(await project.git('show', `${kept}:half.txt`)).toBe('half');
  });

  test('goes on after SIGHUP', async () => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' });
    const running = startHew(project, agents.command);
    drained(running);
    const one = await agents.next();
    running.kill('SIGHUP');
    await one.write('one.txt', 'one\n');
    await one.close();
    expect((await running).exitCode).toBe(0);
    expect(await project.git('show', 'main:one.txt')).toBe('one');
  });

  test.each([[[]], [['--json']]])('goes on when nobody reads its output any more %j', async (more) => {
    await using project = await makeGitProject({ files: GATED });
    await using agents = await startSteppedAgents();
    await fileTasks(project, { title: 'One' }, { title: 'Two', blocked_by: ['app-1' as never] });
    const running = startHew(project, agents.command, ...more);
    running.stderr.resume();
    await once(createInterface({ input: running.stdout }), 'line');
    running.stdout.destroy();
    for (const id of ['app-1', 'app-2']) {
      const agent = await agents.next({ task: id });
      await agent.write(`${id}.txt`, 'done\n');
      await agent.close();
    }
    expect((await running).exitCode).toBe(0);
    expect(await project.git('ls-tree', '--name-only', 'main')).toContain('app-2.txt');
  });
});

describe('the package', () => {
  /** Packs what would be published; scripts are not run, since dist/ is up to date. */
  async function pack(to: string): Promise<string> {
    const argv = ['pack', '--ignore-scripts', '--json', '--pack-destination', to];
    const { stdout } = await execa('npm', argv, { cwd: ROOT });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    return join(to, packed!.filename);
  }

  test('works when it is installed anywhere else', async (context) => {
    await using project = await makeGitProject({ files: GATED });
    const tarball = await pack(project.folder);
    const prefix = join(project.folder, 'prefix');
    const argv = ['install', '--prefix', prefix, '--offline', '--ignore-scripts', '--omit=dev', tarball];
    const installed = await execa('npm', argv, { reject: false });
    // Without npm's cache of the dependencies there is nothing to install from.
    if (installed.exitCode !== 0 && /ENOTCACHED/.test(installed.stderr)) context.skip();
    expect(installed).toMatchObject({ exitCode: 0 });
    const bin = join(project.folder, 'hew-installed');
    await symlink(join(prefix, 'node_modules', '.bin', 'hew'), bin);
    const env = { ...project.env, PATH: `${join(process.execPath, '..')}:${project.env['PATH']}` };
    const run = async (...args: readonly string[]): Promise<string> =>
      (await execa(bin, args, { cwd: project.path, env, extendEnv: false })).stdout;
    expect(await run('--version')).toMatch(/^\d+\.\d+\.\d+/);
    expect(await run('task', 'new', 'A first task', '--json')).toContain('"A first task"');
    expect(await run('loop', 'run', '--agent-command', 'false', '--attempts', '1', '--dry-run')).toContain(
      'would take A first task',
    );
    await access(join(project.path, '.hew', 'tasks.jsonl'));
  });
});
