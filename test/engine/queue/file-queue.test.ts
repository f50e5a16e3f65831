import { chmod, mkdir, readdir, readFile, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { QueueError } from '../../../source/engine/ports.js';
import { FileQueue } from '../../../source/engine/queue/file-queue.js';
import { lockPath } from '../../../source/engine/queue/queue-lock.js';
import { type TemporaryFolder, temporaryFolder } from '../../temporary-folder.js';
import { taskId } from './stored-tasks.js';

const A1 = taskId('app-1');
const A2 = taskId('app-2');
const NOW = new Date('2026-06-01T12:00:00.000Z');

interface Project {
  readonly folder: TemporaryFolder;
  readonly path: string;
  readonly queue: FileQueue;
  readonly text: () => Promise<string>;
}

/** A queue whose file holds these lines; no file at all when there are none. */
async function projectWith(folder: TemporaryFolder, ...lines: readonly string[]): Promise<Project> {
  const path = folder.at('.hew', 'tasks.jsonl');
  if (lines.length > 0) {
    await mkdir(folder.at('.hew'));
    await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  }
  const queue = new FileQueue({ path, prefix: 'app', now: () => NOW });
  return { folder, path, queue, text: () => readFile(path, 'utf8') };
}

const OPEN_1 = '{"id":"app-1","title":"One"}';
const OPEN_2 = '{"id":"app-2","title":"Two"}';

describe('a queue without a file', () => {
  it('names the command that makes one, and changes nothing', async () => {
    await using folder = await temporaryFolder();
    const { queue } = await projectWith(folder);
    await expect(queue.list()).rejects.toThrow(QueueError);
    await expect(queue.list()).rejects.toThrow(/hew task new/);
    await expect(queue.show(A1)).rejects.toThrow(/hew task new/);
    await expect(queue.claim(A1, 'me')).rejects.toThrow(/hew task new/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is made by create, hidden from git and from other users', async () => {
    await using folder = await temporaryFolder();
    const { queue, path } = await projectWith(folder);
    expect(await queue.create({ title: 'One', description: 'd', priority: 0, labels: ['x', 'x'] })).toBe(
      'app-1',
    );
    expect(await readFile(folder.at('.hew', '.gitignore'), 'utf8')).toBe('*\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder.at('.hew'))).toEqual(['.gitignore', 'tasks.jsonl']);
    expect(await queue.show(A1)).toMatchObject({
      title: 'One',
      description: 'd',
      priority: 0,
      labels: ['x'],
      issue_type: 'task',
      status: 'open',
      created_at: NOW.toISOString(),
    });
  });
});

describe('create', () => {
  it('leaves a .gitignore that is there', async () => {
    await using folder = await temporaryFolder();
    const { queue } = await projectWith(folder, OPEN_1);
    await writeFile(folder.at('.hew', '.gitignore'), 'loop/\n');
    await queue.create({ title: 'Two' });
    expect(await readFile(folder.at('.hew', '.gitignore'), 'utf8')).toBe('loop/\n');
  });

  it('files a task together with what blocks it, or not at all', async () => {
    await using folder = await temporaryFolder();
    const { queue, text } = await projectWith(folder, OPEN_1);
    expect(await queue.create({ title: 'Two', blocked_by: [A1] })).toBe('app-2');
    expect((await queue.list()).ready).toEqual(['app-1']);
    const before = await text();
    await expect(queue.create({ title: 'Three', blocked_by: [A2, taskId('app-9')] })).rejects.toThrow(
      /no task app-9/,
    );
    expect(await text()).toBe(before);
  });

  it('gives every task an id of its own, however many are filed at once', async () => {
    await using folder = await temporaryFolder();
    const { queue, path } = await projectWith(folder);
    const other = new FileQueue({ path, prefix: 'app' });
    const titles = Array.from({ length: 20 }, (_, index) => `Task ${index}`);
    const ids = await Promise.all(
      titles.map((title, index) => (index % 2 ? queue : other).create({ title })),
    );
    expect(new Set(ids).size).toBe(20);
    const { tasks } = await queue.list();
    expect(ids.map((id) => tasks.get(id)?.title)).toEqual(titles);
  });
});

describe('a broken line', () => {
  it('is named, stops everything and leaves every byte as it is', async () => {
    await using folder = await temporaryFolder();
    const { queue, path, text } = await projectWith(
      folder,
      OPEN_1,
      '{"id":"app-2","title":"Two","priority":"high"}',
    );
    const before = await text();
    const attempts = [
      () => queue.list(),
      () => queue.show(A1),
      () => queue.claim(A1, 'me'),
      () => queue.close(A1, ''),
      () => queue.release(A1, {}),
      () => queue.reopen(A1, {}),
      () => queue.create({ title: 'x' }),
      () => queue.update(A1, { priority: 1 }),
      () => queue.addDependency(A1, A2),
      () => queue.removeDependency(A1, A2),
    ];
    for (const attempt of attempts) {
      const error = await attempt().then(
        () => null,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(QueueError);
      expect((error as QueueError).message).toContain(`${path}: line 2: priority: `);
    }
    expect(await text()).toBe(before);
    expect(await readdir(folder.at('.hew'))).not.toContain('tasks.jsonl.lock');
  });
});

describe('a change', () => {
  it('keeps what hew does not know, the order of lines and the mode of the file', async () => {
    await using folder = await temporaryFolder();
    const header = '{"_schema":"beads/1"}';
    const foreign = '{"id":"app-2","estimate":1.50,"title":"Two","custom":{"a":[1,null]}}';
    const { queue, path, text } = await projectWith(folder, header, OPEN_1, '', foreign);
    await chmod(path, 0o640);
    await queue.claim(A2, 'me');
    const updated = `"status":"in_progress","assignee":"me","updated_at":"${NOW.toISOString()}"`;
    expect(await text()).toBe(`${header}\n${OPEN_1}\n\n${foreign.slice(0, -1)},${updated}}\n`);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it('is not written when there is nothing to change', async () => {
    await using folder = await temporaryFolder();
    const { queue, path } = await projectWith(folder, OPEN_1);
    await queue.claim(A1, 'me');
    const before = await stat(path, { bigint: true });
    expect(await queue.claim(A1, 'me')).toEqual({ kind: 'claimed' });
    expect(await queue.claim(A1, 'you')).toEqual({ kind: 'lost', holder: 'me' });
    expect(await queue.close(A2, '')).toMatchObject({ kind: 'refused' });
    const after = await stat(path, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it('takes over a lock that a killed process left behind', async () => {
    await using folder = await temporaryFolder();
    const { queue, path } = await projectWith(folder, OPEN_1);
    await mkdir(lockPath(path));
    await utimes(lockPath(path), new Date(0), new Date(0));
    expect(await queue.claim(A1, 'me')).toEqual({ kind: 'claimed' });
    expect(await readdir(folder.at('.hew'))).toEqual(['tasks.jsonl']);
  });

  it('waits for a lock that is held', async () => {
    await using folder = await temporaryFolder();
    const { queue, path, text } = await projectWith(folder, OPEN_1);
    await mkdir(lockPath(path));
    const claim = queue.claim(A1, 'me');
    const other = new FileQueue({ path, prefix: 'app' });
    // Reading needs no lock.
    expect((await other.list()).ready).toEqual(['app-1']);
    expect(await text()).toBe(`${OPEN_1}\n`);
    await rmdir(lockPath(path));
    expect(await claim).toEqual({ kind: 'claimed' });
  });

  it('says what the file system refused', async () => {
    await using folder = await temporaryFolder();
    const { queue, path } = await projectWith(folder, OPEN_1);
    await writeFile(lockPath(path), '');
    await utimes(lockPath(path), new Date(0), new Date(0));
    await expect(queue.claim(A1, 'me')).rejects.toThrow(/tasks\.jsonl: cannot be locked: ENOTDIR/);
    const unreadable = new FileQueue({ path: folder.path, prefix: 'app' });
    await expect(unreadable.list()).rejects.toThrow(/cannot be read: EISDIR/);
  });
});

describe('the life of a task', () => {
  it('goes from claim to close, and back', async () => {
    await using folder = await temporaryFolder();
    const { queue } = await projectWith(folder, OPEN_1, OPEN_2);
    await queue.addDependency(A2, A1);
    expect(await queue.claim(A2, 'me')).toEqual({ kind: 'lost', holder: 'nobody: blocked by app-1' });
    await queue.claim(A1, 'me');
    await queue.release(A1, { note: 'failed', labels: ['hew-failed'] });
    expect(await queue.show(A1)).toMatchObject({
      status: 'open',
      assignee: null,
      notes: 'failed',
      labels: ['hew-failed'],
    });
    expect(await queue.close(A2, '')).toMatchObject({ kind: 'refused' });
    expect(await queue.close(A1, 'merged as 1234')).toEqual({ kind: 'closed' });
    expect((await queue.list()).ready).toEqual(['app-2']);
    await queue.reopen(A1, { actor: 'me', note: 'again' });
    expect(await queue.show(A1)).toMatchObject({
      status: 'in_progress',
      assignee: 'me',
      closed_at: null,
      close_reason: null,
      notes: 'failed\nagain',
    });
    await queue.removeDependency(A2, A1);
    await queue.update(A2, { priority: 0, add_labels: ['net'] });
    expect(await queue.show(A2)).toMatchObject({ priority: 0, labels: ['net'], dependencies: [] });
    await expect(queue.release(taskId('app-9'), {})).rejects.toThrow(/no task app-9/);
  });
});

describe('list', () => {
  it('sees what another process wrote, and reads nothing anew while nothing changes', async () => {
    await using folder = await temporaryFolder();
    const { queue, path } = await projectWith(folder, OPEN_1);
    const first = await queue.list();
    expect((await queue.list()).tasks).toBe(first.tasks);
    await new FileQueue({ path, prefix: 'app' }).claim(A1, 'me');
    expect((await queue.list()).ready).toEqual([]);
    await writeFile(path, `${OPEN_1}\n`);
    expect((await queue.list()).ready).toEqual(['app-1']);
  });

  it('brings back what was put off when its time comes', async () => {
    await using folder = await temporaryFolder();
    const { path } = await projectWith(
      folder,
      '{"id":"app-1","title":"One","defer_until":"2026-06-01T13:00:00Z"}',
    );
    let now = NOW;
    const queue = new FileQueue({ path, prefix: 'app', now: () => now });
    expect((await queue.list()).ready).toEqual([]);
    now = new Date('2026-06-01T13:00:00Z');
    expect((await queue.list()).ready).toEqual(['app-1']);
    now = NOW;
    expect((await queue.list()).ready).toEqual([]);
  });
});
