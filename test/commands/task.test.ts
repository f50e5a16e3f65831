import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GitProject, makeGitProject } from '../git-project.js';
import { temporaryFolder } from '../temporary-folder.js';
import { hew, type HewResult } from './hew.js';

/** Starts `hew task …` in the project, one after the other, as the same person would. */
function taskIn(
  project: GitProject,
  more: { cwd?: string; env?: Record<string, string>; input?: string } = {},
) {
  const { cwd = project.path, env = {}, input = '' } = more;
  const options = { cwd, env: { ...project.env, ...env }, input };
  return (...argv: readonly string[]): Promise<HewResult> => hew(options, 'task', ...argv);
}

function queueFile(project: GitProject): string {
  return join(project.path, '.hew', 'tasks.jsonl');
}

async function write(project: GitProject, ...tasks: readonly object[]): Promise<void> {
  await mkdir(join(project.path, '.hew'), { recursive: true });
  await writeFile(queueFile(project), tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
}

describe('hew task', () => {
  it('takes a project from its first task to its last', async () => {
    await using project = await makeGitProject();
    const task = taskIn(project);
    expect(await task('list')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('hew task new') as unknown,
    });

    expect(await task('new', 'Fix the build', '-p0')).toEqual({
      code: 0,
      stdout: 'project-1  P0  ready  Fix the build',
      stderr: '',
    });
    expect(
      (await task('new', 'Add retry', '-t', 'bug', '-l', 'net,client', '--blocked-by', 'project-1')).code,
    ).toBe(0);
    expect((await task('list')).stdout.split('\n')).toEqual([
      'project-1  P0  ready                 Fix the build',
      'project-2  P2  blocked by project-1  Add retry  (bug #net #client)',
    ]);
    expect(await project.git('status', '--porcelain')).toBe('');

    expect(await task('close', 'project-2')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'hew: project-2 is still blocked by project-1. Close that first, or use --force.',
    });
    expect(await task('close', 'project-1', 'project-2', '-r', 'done')).toMatchObject({
      code: 0,
      stdout: 'project-1  closed\nproject-2  closed',
    });
    expect((await task('list')).stdout).toBe('No task is like that; there are 2 in all: hew task list --all');
    expect((await task('reopen', 'project-2', '--note', 'not yet')).stdout).toContain(
      'project-2  P2  ready  Add retry',
    );
    const shown = (await task('show', 'project-2')).stdout;
    expect(shown).toContain('Blocked by\n  project-1  closed  Fix the build');
    expect(shown).toContain('Notes\n  not yet');
    expect((await task('show', 'project-1')).stdout).toContain('reason    done');
  });

  it('prints JSON for every verb', async () => {
    await using project = await makeGitProject();
    const task = taskIn(project);
    const json = async (...argv: readonly string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await task(...argv, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    expect(await json('new', 'One')).toMatchObject({
      id: 'project-1',
      status: 'open',
      state: 'ready',
      blocked_by: [],
    });
    await json('new', 'Two');
    expect(await json('dep', 'add', 'project-2', 'project-1')).toMatchObject({ blocked_by: ['project-1'] });
    expect(await json('dep', 'list', 'project-1')).toEqual({
      depends_on: [],
      dependents: [{ id: 'project-2', type: 'blocks', title: 'Two', state: 'blocked by project-1' }],
    });
    expect(await json('list')).toMatchObject([
      { id: 'project-1' },
      { id: 'project-2', state: 'blocked by project-1' },
    ]);
    expect(await json('update', 'project-1', '--assignee', 'me')).toMatchObject({
      assignee: 'me',
      state: 'assigned to me',
    });
    expect(await json('close', 'project-1')).toEqual({ closed: ['project-1'], refused: [] });
    expect(await json('show', 'project-2')).toMatchObject({
      state: 'ready',
      depends_on: [{ title: 'One', state: 'closed' }],
    });
    expect(await json('reopen', 'project-1')).toMatchObject({ status: 'open', assignee: null });
    const refused = await task('close', 'project-2', '--json');
    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(refused.stdout)).toMatchObject({ closed: [], refused: [{ id: 'project-2' }] });
  });

  it('changes what the flags of update name', async () => {
    await using project = await makeGitProject();
    await write(project, { id: 'a-1', title: 'One', labels: ['x', 'y'], custom: 1, notes: 'first' });
    const flags = [
      '--title',
      'Uno',
      '-p',
      '4',
      '-t',
      'chore',
      '-s',
      'in_progress',
      '-a',
      'me',
      '--add-label',
      'z',
    ];
    const more = [
      '--remove-label',
      'x',
      '-n',
      'second',
      '--acceptance',
      'green',
      '--defer-until',
      '2099-01-31T12:00:00+02:00',
    ];
    const { code } = await taskIn(project, { input: '- one\n- two\n' })(
      'update',
      'a-1',
      ...flags,
      ...more,
      '-d',
      '-',
    );
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(queueFile(project), 'utf8'))).toEqual({
      id: 'a-1',
      title: 'Uno',
      description: '- one\n- two',
      acceptance_criteria: 'green',
      priority: 4,
      issue_type: 'chore',
      status: 'in_progress',
      assignee: 'me',
      labels: ['y', 'z'],
      notes: 'first\nsecond',
      defer_until: '2099-01-31T10:00:00.000Z',
      custom: 1,
      updated_at: expect.any(String) as unknown,
    });
    const task = taskIn(project);
    expect((await task('update', 'a-1', '-s', 'open')).stdout).toContain('deferred until 2099-01-31');
    expect((await task('update', 'a-1', '--defer-until', 'none')).stdout).toContain('ready');
  });

  it('filters the list', async () => {
    await using project = await makeGitProject();
    await write(
      project,
      { id: 'a-1', title: 'One', labels: ['x', 'y'] },
      { id: 'a-2', title: 'Two', labels: ['x'], status: 'closed' },
      { id: 'a-3', title: 'Three', status: 'in_progress', assignee: 'hew/run/w0' },
      { id: 'a-4', title: 'Four', status: 'hooked' },
    );
    const task = taskIn(project);
    const ids = async (...argv: readonly string[]): Promise<readonly string[]> => {
      const listed = JSON.parse((await task('list', '--json', ...argv)).stdout) as { id: string }[];
      return listed.map(({ id }) => id);
    };
    expect(await ids()).toEqual(['a-1', 'a-3', 'a-4']);
    expect(await ids('--all')).toEqual(['a-1', 'a-2', 'a-3', 'a-4']);
    expect(await ids('--ready')).toEqual(['a-1']);
    expect(await ids('--status', 'closed', '-s', 'hooked')).toEqual(['a-2', 'a-4']);
    expect(await ids('--all', '--label', 'x')).toEqual(['a-1', 'a-2']);
    expect(await ids('--all', '--label', 'x,y')).toEqual(['a-1']);
    expect((await task('list')).stdout).toContain('a-3  P2  claimed by hew/run/w0  Three');
    expect(await task('list', '-s', 'opn')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no status "opn"') as unknown,
    });
  });
});

describe('the queue of a project', () => {
  it('is the same from a folder, from a linked worktree and with the GIT_DIR of another repository', async () => {
    await using project = await makeGitProject();
    await using other = await makeGitProject();
    await taskIn(project)('new', 'One');
    const worktree = join(project.folder, 'linked');
    await project.git('worktree', 'add', '--quiet', '-b', 'side', worktree);
    await mkdir(join(worktree, 'deep'));
    const env = { GIT_DIR: join(other.path, '.git'), GIT_WORK_TREE: other.path };
    const linked = taskIn(project, { cwd: join(worktree, 'deep'), env });
    expect((await linked('new', 'Two', '--deps', 'project-1')).stdout).toContain(
      'project-2  P2  blocked by project-1  Two',
    );
    expect((await taskIn(project)('list', '--ready')).stdout).toBe('project-1  P2  ready  One');
    expect(await readdir(worktree)).not.toContain('.hew');
    expect(await readdir(other.path)).not.toContain('.hew');
  });

  it('is refused where there is no repository', async () => {
    await using project = await makeGitProject();
    await using folder = await temporaryFolder();
    const { code, stdout, stderr } = await taskIn(project, { cwd: folder.path })('list');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^hew: .* is not a git repository\. .*git init$/);
  });

  it('is not changed while a line of it is broken', async () => {
    await using project = await makeGitProject();
    await write(project, { id: 'a-1', title: 'One' }, { id: 'a-2' });
    const before = await readFile(queueFile(project));
    for (const argv of [['list'], ['new', 'x'], ['close', 'a-1'], ['update', 'a-1', '-p0']]) {
      const { code, stderr } = await taskIn(project)(...argv);
      expect(code).toBe(2);
      expect(stderr).toContain(`${queueFile(project)}: line 2: title: `);
    }
    expect(await readFile(queueFile(project))).toEqual(before);
  });

  it('cannot drive the terminal', async () => {
    await using project = await makeGitProject();
    const evil = '\u001b[2J\u001b]0;gone\u0007Ev\u202eil\u009b31m\u0085';
    await write(
      project,
      {
        id: 'a-1',
        title: evil,
        description: `${evil}\n${evil}`,
        assignee: evil,
        labels: [evil],
        issue_type: evil,
        notes: evil,
      },
      {
        id: 'a-2',
        title: 'Two',
        status: evil,
        close_reason: evil,
        dependencies: [{ depends_on_id: evil, type: evil }],
      },
    );
    const task = taskIn(project);
    for (const argv of [
      ['list'],
      ['show', 'a-1'],
      ['show', 'a-2'],
      ['dep', 'list', 'a-2'],
      ['list', '--json'],
      ['list', '-s', evil.slice(1)],
      ['show', evil],
      ['new', '-x', evil],
      [evil],
    ]) {
      const { stdout, stderr } = await task(...argv);
      expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }
    expect(JSON.parse((await task('show', 'a-1', '--json')).stdout)).toMatchObject({
      title: evil,
      assignee: evil,
    });
    expect((await task('list')).stdout).toContain('Evil');
  });
});

describe('usage', () => {
  it('is told for every verb', async () => {
    await using project = await makeGitProject();
    const task = taskIn(project);
    for (const verb of ['new', 'list', 'show', 'close', 'reopen', 'update', 'dep']) {
      const { code, stdout, stderr } = await task(verb, '--help');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^hew task ${verb} `));
      expect((await task('--help')).stdout).toContain(`hew task ${verb} `);
    }
    expect(await readdir(project.path)).not.toContain('.hew');
  });

  it.each<readonly [readonly string[], RegExp]>([
    [['lst'], /no "hew task lst"\. Did you mean `hew task list`\?/],
    [['list', '--al'], /no flag --al\. Did you mean --all\?/],
    [['new'], /<title> is missing/],
    [['new', 'Fix', 'it'], /"it" is one argument too many\. Text with blanks goes in quotes/],
    [['new', ' \n '], /the title is empty/],
    [['new', 'x', '-p', '5'], /--priority must be one of 0, 1, 2, 3, 4, not "5"/],
    [['new', 'x', '-t', 'two words'], /--type must be one word/],
    [['new', 'x', '--blocked-by', 'a-9'], /no task a-9/],
    [['show', 'a-9'], /no task a-9/],
    [['show', '../x'], /"\.\.\/x" is not a task id/],
    [['update', 'a-1'], /nothing to change is named/],
    [['update', 'a-1', '-s', 'closed'], /hew task close a-1/],
    [['update', 'a-1', '--defer-until', 'soon'], /--defer-until must be/],
    [['update', 'a-9', '-p0'], /no task a-9/],
    [['dep'], /takes add, remove or list/],
    [['dep', 'add', 'a-1'], /<blocker> is missing/],
    [['dep', 'add', 'a-1', 'a-1'], /a-1 cannot block itself/],
    [['dep', 'remove', 'a-1', 'a-2'], /a-2 does not block a-1/],
  ])('refuses %j in a line or two', async (argv, message) => {
    await using project = await makeGitProject();
    await write(project, { id: 'a-1', title: 'One' }, { id: 'a-2', title: 'Two' });
    const before = await readFile(queueFile(project));
    const { code, stdout, stderr } = await taskIn(project)(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
    expect(await readFile(queueFile(project))).toEqual(before);
  });

  it('does not let an agent close its task', async () => {
    await using project = await makeGitProject();
    await write(project, { id: 'a-1', title: 'One' });
    const task = taskIn(project, { env: { HEW_RUN_ID: 'loop-20260101T000000Z-00000000' } });
    const { code, stderr } = await task('close', 'a-1', '--force');
    expect(code).toBe(2);
    expect(stderr).toMatch(/: closed a-1$/);
    expect((await task('list')).stdout).toContain('ready');
  });
});

describe('hew task where beads keeps the tasks', () => {
  it('names the command of bd, and does as it is told with --queue file', async () => {
    await using project = await makeGitProject();
    await project.write('.beads/config.yaml', '');
    const task = taskIn(project);
    for (const [verb, bd] of [
      ['new', 'bd create'],
      ['list', 'bd list'],
    ] as const) {
      expect(await task(verb, ...(verb === 'new' ? ['One'] : []))).toEqual({
        code: 2,
        stdout: '',
        stderr: `hew: the tasks of this project are kept by beads: use ${bd}. For hew's own queue add: --queue file`,
      });
    }
    expect((await task('new', '--help')).code).toBe(0);
    expect((await task('new', 'An epic', '-t', 'epic', '--queue', 'file')).code).toBe(0);
    expect((await task('new', 'A part', '--parent', 'project-1', '--queue=file')).code).toBe(0);
    expect(JSON.parse((await task('show', 'project-2', '--json', '--queue=file')).stdout)).toMatchObject({
      parent: 'project-1',
    });
    expect((await task('new', 'Another', '--parent', 'project-9', '--queue=file')).stderr).toContain(
      'There is no task project-9',
    );
  });
});
