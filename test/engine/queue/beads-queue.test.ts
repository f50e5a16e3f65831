import { describe, expect, it } from 'vitest';
import { QueueError } from '../../../source/engine/ports.js';
import { openQueue } from '../../../source/engine/queue/open-queue.js';
import { BeadsQueue } from '../../../source/engine/queue/beads-queue.js';
import { BdProgram } from '../../../source/engine/queue/bd-program.js';
import { type FakeAnswer, type FakeBd, fakeBd, recorded } from './fake-bd.js';
import { taskId } from './stored-tasks.js';

const ME = 'hew/loop-20261124T220000Z-3fa9c1d2/w0';
const NEW = { text: '1.3', guarded: true };
const OLD = { text: '1.2', guarded: false };

function queueWith(
  bd: FakeBd,
  options: { readonly version?: typeof NEW; readonly timeout_ms?: number } = {},
): BeadsQueue {
  const { version = NEW, timeout_ms = 30_000 } = options;
  const program = new BdProgram({ cwd: bd.folder, env: bd.env, timeout_ms, retry_ms: 1 });
  return new BeadsQueue({ bd: program, version });
}

const issue = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  id: 'app-1',
  title: 'One',
  status: 'open',
  ...fields,
});
const json = (payload: unknown): FakeAnswer => ({ stdout: JSON.stringify(payload) });

describe('a listing', () => {
  it('is one bd list and one bd ready, as the real bd printed them', async () => {
    await using bd = await fakeBd({
      list: [{ stdout: await recorded('bd-list.json') }],
      ready: [{ stdout: await recorded('bd-ready.json') }],
    });
    const { tasks, ready, left_out } = await queueWith(bd).list();
    const byTitle = new Map([...tasks.values()].map((task) => [task.title, task]));
    const [a, b, c] = ['A', 'B', 'C'].map((title) => byTitle.get(title));
    expect(a).toMatchObject({ issue_type: 'epic', status: 'open', parent: null, dependencies: [] });
    expect(b).toMatchObject({ parent: a?.id, assignee: null });
    expect(b?.dependencies.map(({ type, depends_on_id }) => [type, depends_on_id])).toEqual([
      ['blocks', c?.id],
      ['parent-child', a?.id],
    ]);
    expect(c).toMatchObject({ status: 'in_progress', assignee: ME, notes: 'a note', labels: ['net'] });
    expect(ready).toEqual([a?.id]);
    expect(left_out).toEqual([]);
    const calls = await bd.calls();
    expect(calls.map(({ args }) => args.join(' '))).toEqual([
      'list --all --limit=0 --json',
      'ready --limit=0 --brief --json',
    ]);
    expect(calls[0]?.env).toEqual({
      BEADS_ACTOR: 'hew',
      BD_JSON_ENVELOPE: '1',
      BD_DISABLE_METRICS: '1',
      BD_NON_INTERACTIVE: '1',
    });
  });

  it.each([
    ['a bare list', [issue({})]],
    ['an envelope', { schema_version: 1, data: [issue({})] }],
    ['items', { schema_version: 1, items: [issue({})] }],
  ])('may be %s', async (_, payload) => {
    await using bd = await fakeBd({ list: [json(payload)], ready: [json(payload)] });
    const { tasks, ready } = await queueWith(bd, { version: OLD }).list();
    expect([...tasks.keys()]).toEqual(['app-1']);
    expect(ready).toEqual(['app-1']);
    // --brief is newer than these.
    expect((await bd.calls())[1]?.args).toEqual(['ready', '--limit=0', '--json']);
  });

  it('leaves out what has an id that could be taken for something else, and says so', async () => {
    const payload = [issue({}), issue({ id: '--force' }), issue({ id: 'a/../b' })];
    await using bd = await fakeBd({ list: [json(payload)], ready: [json(payload)] });
    const { tasks, ready, left_out } = await queueWith(bd).list();
    expect([...tasks.keys()]).toEqual(['app-1']);
    expect(ready).toEqual(['app-1']);
    expect(left_out).toEqual([
      expect.stringMatching(/^--force is left out/),
      expect.stringMatching(/^a\/\.\.\/b /),
    ]);
  });

  it.each([
    ['no JSON', 'Found 2 issues', /bd list answered what hew does not know/],
    ['no list', '{"data":{"count":2}}', /bd list answered what hew does not know/],
    ['issues without an id', '[{"title":"x"}]', /bd list answered what hew does not know/],
  ])('that is %s is told with the command to look at it', async (_, stdout, message) => {
    await using bd = await fakeBd({ list: [{ stdout }], ready: [json([])] });
    const listing = queueWith(bd).list();
    await expect(listing).rejects.toThrow(QueueError);
    await expect(listing).rejects.toThrow(message);
  });

  it('parses again only what has changed', async () => {
    const other = json([issue({ title: 'Changed' })]);
    await using bd = await fakeBd({
      list: [json([issue({})]), json([issue({})]), other],
      ready: [json([issue({})])],
    });
    const queue = queueWith(bd);
    const first = await queue.list();
    expect((await queue.list()).tasks).toBe(first.tasks);
    expect([...(await queue.list()).tasks.values()]).toMatchObject([{ title: 'Changed' }]);
  });
});

describe('a claim', () => {
  const mine = json([issue({ status: 'in_progress', assignee: ME })]);

  it('is a guarded change without a lease, read back', async () => {
    await using bd = await fakeBd({ update: [mine], show: [mine] });
    expect(await queueWith(bd).claim(taskId('app-1'), ME)).toEqual({ kind: 'claimed' });
    const calls = await bd.calls();
    expect(calls.map(({ args }) => args)).toEqual([
      [
        'update',
        'app-1',
        '--status=in_progress',
        `--assignee=${ME}`,
        '--if-status=open',
        '--if-assignee=',
        '--json',
      ],
      ['show', 'app-1', '--json'],
    ]);
    expect(calls[0]?.env['BEADS_ACTOR']).toBe(ME);
  });

  it('is lost when bd says yes to two, as releases before 1.3 did, and the other one has it', async () => {
    await using bd = await fakeBd({
      update: [mine],
      show: [json([issue({ status: 'in_progress', assignee: 'other' })])],
    });
    const queue = queueWith(bd, { version: OLD });
    expect(await queue.claim(taskId('app-1'), ME)).toEqual({ kind: 'lost', holder: 'other' });
    expect((await bd.calls())[0]?.args).toEqual(['update', 'app-1', '--claim', '--json']);
  });

  it.each([
    ['13', 13],
    ['9', 9],
  ])('is lost when its guard does not hold (exit %s)', async (_, exit_code) => {
    const stderr = await recorded('bd-guard-mismatch.stderr.txt');
    await using bd = await fakeBd({
      update: [{ exit_code, stderr }],
      show: [json([issue({ status: 'in_progress', assignee: 'other' })])],
    });
    expect(await queueWith(bd).claim(taskId('app-1'), ME)).toEqual({ kind: 'lost', holder: 'other' });
  });

  it('that fails for another reason is no lost claim', async () => {
    const stderr = '{"error":"disk full","schema_version":1}\n';
    await using bd = await fakeBd({ update: [{ exit_code: 1, stderr }], show: [json([issue({})])] });
    await expect(queueWith(bd).claim(taskId('app-1'), ME)).rejects.toThrow(/^bd update app-1: disk full$/);
  });
});

describe('what bd refuses', () => {
  it('to close is a value, with its own words', async () => {
    const stderr = await recorded('bd-close-blocked.stderr.txt');
    await using bd = await fakeBd({ show: [json([issue({})])], close: [{ exit_code: 1, stderr }] });
    expect(await queueWith(bd).close(taskId('app-1'), 'x')).toEqual({
      kind: 'refused',
      message: expect.stringMatching(/^cannot close blocked issue: /) as unknown,
    });
  });

  it('to work on while it is frozen is told at once', async () => {
    const stderr = await recorded('bd-frozen.stderr.txt');
    await using bd = await fakeBd({ create: [{ exit_code: 14, stderr }] });
    const created = queueWith(bd).create({ title: 'x' });
    await expect(created).rejects.toThrow(/frozen for migration.*MIGRATION-FREEZE/);
    expect(await bd.calls()).toHaveLength(1);
  });

  it('since there is no workspace is told with its hint', async () => {
    const stderr = await recorded('bd-no-workspace.stderr.txt');
    await using bd = await fakeBd({ list: [{ exit_code: 1, stderr }] });
    await expect(queueWith(bd).list()).rejects.toThrow(/^bd list: no beads database found .*bd init/);
  });

  it('tells an error that it prints on stdout, too', async () => {
    const stdout = await recorded('bd-show-missing.json');
    await using bd = await fakeBd({ show: [{ exit_code: 1, stdout, stderr: 'Issue nope not found\n' }] });
    expect(await queueWith(bd).show(taskId('nope'))).toBeNull();
  });
});

describe('a lock', () => {
  const locked = {
    exit_code: 1,
    stderr: 'Error: embeddeddolt: another process holds the exclusive lock on .beads\n',
  };

  it('is waited for', async () => {
    await using bd = await fakeBd({ list: [locked, locked, json([issue({})])], ready: [locked, json([])] });
    expect((await queueWith(bd).list()).tasks.size).toBe(1);
    expect(await bd.calls()).toHaveLength(5);
  });

  it('that is never given up is told', async () => {
    await using bd = await fakeBd({ list: [locked] });
    await expect(queueWith(bd).list()).rejects.toThrow(
      /another bd keeps the database locked: .*exclusive lock/,
    );
  });
});

describe('a bd that hangs', () => {
  it('is ended where it only reads, and the next command has its turn', async () => {
    await using bd = await fakeBd({ show: [json([issue({})])], list: [{ hang: true }], ready: [json([])] });
    const queue = queueWith(bd, { timeout_ms: 1_500 });
    await queue.show(taskId('app-1'));
    await expect(queue.list()).rejects.toThrow(/^bd list has not ended within /);
    expect(await queue.show(taskId('app-1'))).toMatchObject({ id: 'app-1' });
  });

  it('is waited for where it writes, although its caller is told', async () => {
    await using bd = await fakeBd({
      show: [json([issue({})])],
      update: [{ ...json([issue({})]), delay_ms: 2_500 }],
    });
    const queue = queueWith(bd, { timeout_ms: 1_500 });
    await queue.show(taskId('app-1'));
    await expect(queue.addNote(taskId('app-1'), 'x')).rejects.toThrow(/^bd update has not ended within /);
    // Its turn comes when the write has ended: what follows is told of the state after it.
    expect(await queue.show(taskId('app-1'))).toMatchObject({ id: 'app-1' });
    expect((await bd.calls()).map(({ args }) => args[0])).toEqual(['show', 'update', 'show']);
  });
});

describe('opening the queue of beads', () => {
  const open = (bd: FakeBd, env: Readonly<Record<string, string>> = bd.env) =>
    openQueue({
      choice: 'beads',
      places: { home: bd.folder, hew: `${bd.folder}/.hew`, project: 'app' },
      env,
    });

  it('takes a bd of 1.0 or newer, however it tells its version', async () => {
    for (const stdout of [
      await recorded('bd-version.json'),
      '{"version":"1.0.4"}',
      'bd version 1.2.2 (abc: main)\n',
    ]) {
      await using bd = await fakeBd({ version: [{ stdout }] });
      expect(await open(bd)).toMatchObject({ kind: 'opened', queue: { kind: 'beads' } });
    }
  });

  it.each([
    ['{"version":"0.49.1","build":"x"}', 'bd 0.49 is too old: hew needs 1.0 or newer'],
    ['bd version 0.9.1 (dev)\n', 'bd 0.9 is too old'],
    ['busybox\n', 'tells no version'],
  ])('refuses %j by name', async (stdout, message) => {
    await using bd = await fakeBd({ version: [{ stdout }] });
    expect(await open(bd)).toEqual({ kind: 'missing', problem: expect.stringContaining(message) as unknown });
  });

  it('says what to do where bd is missing', async () => {
    await using bd = await fakeBd({});
    const opened = await open(bd, { PATH: bd.folder });
    expect(opened).toEqual({
      kind: 'missing',
      problem: expect.stringMatching(/"bd" is not on PATH.*--queue file/) as unknown,
    });
  });
});
