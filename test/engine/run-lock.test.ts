import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { execa } from 'execa';
import { newRunId } from '../../source/engine/ids.js';
import { findLiveRun, runLockPath, takeRunLock } from '../../source/engine/run-lock.js';
import { temporaryFolder } from '../temporary-folder.js';

const RUN = newRunId(new Date());
const OTHER = newRunId(new Date());
type Holder = Record<string, unknown>;

/** Writes the lock of a run that goes on in this very process, but for what `change` says. */
async function writeLock(commonDir: string, change: Holder): Promise<void> {
  const taken = await takeRunLock(commonDir, OTHER);
  expect(taken.kind).toBe('locked');
  const own = JSON.parse(await readFile(runLockPath(commonDir), 'utf8')) as Holder;
  await writeFile(runLockPath(commonDir), JSON.stringify({ ...own, ...change }));
}

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const ended = execa('true');
  const { pid } = ended;
  await ended;
  return pid ?? 0;
}

const gone = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) === null;

describe('takeRunLock', () => {
  it('is held by one run until it is disposed of', async () => {
    await using folder = await temporaryFolder();
    const taken = await takeRunLock(folder.path, RUN);
    if (taken.kind !== 'locked') throw new Error('the lock of an empty folder is held');
    expect(await findLiveRun(folder.path)).toEqual({ run_id: RUN, holder: `process ${process.pid}` });
    expect(await takeRunLock(folder.path, OTHER)).toMatchObject({ kind: 'held', by: { run_id: RUN } });
    await taken.lock[Symbol.asyncDispose]();
    expect(await gone(runLockPath(folder.path))).toBe(true);
    expect(await findLiveRun(folder.path)).toBeNull();
    expect((await takeRunLock(folder.path, OTHER)).kind).toBe('locked');
  });

  it('goes to one of several that ask at once', async () => {
    await using folder = await temporaryFolder();
    await writeLock(folder.path, { pid: await deadPid() });
    const runs = Array.from({ length: 8 }, () => newRunId(new Date()));
    const taken = await Promise.all(runs.map((run) => takeRunLock(folder.path, run)));
    expect(taken.filter(({ kind }) => kind === 'locked')).toHaveLength(1);
  });

  it('leaves the lock of a run that took it over', async () => {
    await using folder = await temporaryFolder();
    const taken = await takeRunLock(folder.path, RUN);
    if (taken.kind !== 'locked') throw new Error('the lock of an empty folder is held');
    const own = JSON.parse(await readFile(taken.lock.path, 'utf8')) as Holder;
    await writeFile(taken.lock.path, JSON.stringify({ ...own, run_id: OTHER }));
    await taken.lock[Symbol.asyncDispose]();
    expect(await findLiveRun(folder.path)).toMatchObject({ run_id: OTHER });
  });

  const dead: Record<string, () => Promise<Holder>> = {
    'has ended': async () => ({ pid: await deadPid() }),
    'had this pid before another process': async () => ({ started: '1' }),
    'ran before the machine was started again': async () => ({ boot_id: 'another' }),
    'ran before that in another namespace': async () => ({ boot_id: 'another', pid_namespace: 'pid:[1]' }),
  };
  it.each(Object.keys(dead))('is taken over from a run that %s', async (name) => {
    await using folder = await temporaryFolder();
    await writeLock(folder.path, (await dead[name]?.()) ?? {});
    expect(await findLiveRun(folder.path)).toBeNull();
    expect((await takeRunLock(folder.path, RUN)).kind).toBe('locked');
    expect(await findLiveRun(folder.path)).toMatchObject({ run_id: RUN });
  });

  const alive: Record<string, () => Promise<string | Holder>> = {
    'of another host': async () => ({ host: 'elsewhere', pid: await deadPid(), boot_id: 'another' }),
    'of another namespace': async () => ({ pid_namespace: 'pid:[1]', pid: await deadPid() }),
    'whose start is not known': () => Promise.resolve({ started: null }),
    'of a newer hew': () => Promise.resolve('{"version":2}'),
    'that was cut': () => Promise.resolve('{"run_id":'),
  };
  it.each(Object.keys(alive))('counts a lock as alive %s, and leaves it as it is', async (name) => {
    await using folder = await temporaryFolder();
    const lock = (await alive[name]?.()) ?? {};
    if (typeof lock === 'string') await writeFile(runLockPath(folder.path), lock);
    else await writeLock(folder.path, lock);
    const before = await readFile(runLockPath(folder.path), 'utf8');
    const taken = await takeRunLock(folder.path, RUN);
    const holder = name === 'of another host' ? / on elsewhere$/ : /./;
    expect(taken).toMatchObject({
      kind: 'held',
      by: { run_id: typeof lock === 'string' ? null : OTHER, holder: expect.stringMatching(holder) },
    });
    expect(await readFile(runLockPath(folder.path), 'utf8')).toBe(before);
  });
});
