import { mkdir, readFile } from 'node:fs/promises';
import { getDefaultHighWaterMark } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { BoundedLog } from '../../../source/engine/processes/bounded-log.js';
import { cpuOf, type ProcessSet } from '../../../source/engine/processes/process-set.js';
import { processStart } from '../../../source/engine/processes/process-table.js';
import {
  runInSet,
  type RunInSetRequest,
  type RunInSetResult,
} from '../../../source/engine/processes/run-in-set.js';
import { temporaryFolder } from '../../temporary-folder.js';

const PATH = process.env['PATH'] ?? '';
let marks = 0;

/** Runs a script of `sh` in a folder of its own; `$1` is that folder, and `ready` in it a pipe to wait at. */
async function run(script: string, changes: Partial<RunInSetRequest> = {}) {
  await using folder = await temporaryFolder();
  await mkdir(folder.at('cwd'));
  const lines: string[] = [];
  const result = await runInSet({
    command: 'sh',
    args: ['-c', `mkfifo ready; ${script}`],
    cwd: folder.at('cwd'),
    env: { PATH },
    mark: `HEW_MARK_${process.pid.toString(16)}=t${(marks += 1)}`,
    input: '',
    onStdout: (line) => void lines.push(line),
    onStderr: (line) => void lines.push(`! ${line}`),
    signal: new AbortController().signal,
    graceMs: 100,
    ...changes,
  });
  return { result, lines, pids: lines.filter((line) => /^\d+$/.test(line)).map(Number) };
}

/** Runs a script and aborts it at its first line. */
async function runUntilLine(script: string, changes: Partial<RunInSetRequest> = {}) {
  const abort = new AbortController();
  const lines: string[] = [];
  const onStdout = (line: string): void => {
    lines.push(line);
    abort.abort();
  };
  const { result } = await run(script, { onStdout, signal: abort.signal, ...changes });
  return { result, pids: lines.map(Number) };
}

function exited(fields: Partial<RunInSetResult>): object {
  return {
    kind: 'exited',
    exit_code: 0,
    signal: null,
    aborted: false,
    left_over: 0,
    survivors: [],
    ...fields,
  };
}

async function living(pids: readonly number[]): Promise<readonly number[]> {
  const starts = await Promise.all(pids.map((pid) => processStart(pid)));
  return pids.filter((_, index) => starts[index] !== null);
}

describe('runInSet', () => {
  test('gives the program its input, cwd and environment, and tells its output and exit', async () => {
    const { result, lines } = await run('cat; echo "$PWD ${HOME-none}" >&2; exit 3', { input: 'a\nb' });
    expect(result).toEqual(exited({ exit_code: 3 }));
    expect(lines.filter((line) => !line.startsWith('!'))).toEqual(['a', 'b']);
    expect(lines).toContainEqual(expect.stringMatching(/^! .*\/cwd none$/));
  });

  test('gathers what is put out, loses none of it, and leaves other streams as they are', async () => {
    const before = getDefaultHighWaterMark(false);
    const script = 'cat; i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo "n $i"; done; printf end';
    const { result, lines } = await run(script, { gathers: true, input: 'a\nb\n' });
    expect(result).toEqual(exited({}));
    const counted = Array.from({ length: 2000 }, (_, index) => `n ${index + 1}`);
    expect(lines).toEqual(['a', 'b', ...counted, 'end']);
    expect(getDefaultHighWaterMark(false)).toBe(before);
  });

  test('adds the mark to the environment, and nothing else', async () => {
    const { lines } = await run('', {
      command: 'env',
      args: [],
      mark: 'HEW_MARK_12345678=w3',
      env: { PATH, A: 'b' },
    });
    expect(lines.toSorted()).toEqual(['A=b', 'HEW_MARK_12345678=w3', `PATH=${PATH}`]);
  });

  test('a program that does not read a long input is no failure', async () => {
    const { result } = await run('exec 0<&-; exit 0', { input: 'x'.repeat(2_000_000) });
    expect(result).toEqual(exited({}));
  });

  test('tells the signal that ended the program', async () => {
    const { result } = await run('kill -KILL $$');
    expect(result).toEqual(exited({ exit_code: null, signal: 'SIGKILL' }));
  });

  test('tells a program that is not there, and starts nothing once the signal has aborted', async () => {
    expect((await run('', { command: 'no-such-program-of-hew' })).result).toMatchObject({
      kind: 'not_started',
      code: 'ENOENT',
    });
    expect((await run('echo', { signal: AbortSignal.abort() })).result).toMatchObject({
      kind: 'not_started',
      code: 'ABORT_ERR',
    });
  });

  test('keeps the raw output of both streams in the log', async () => {
    await using folder = await temporaryFolder();
    const log = new BoundedLog(folder.at('log'));
    await run(String.raw`printf 'one\r\n\033[31mtwo'; printf 'three\n' >&2`, { log });
    await log.finish();
    const text = await readFile(log.path, 'utf8');
    expect(text).toContain('one\r\n');
    expect(text).toContain('\u001B[31mtwo');
    expect(text).toContain('three\n');
  });

  test('rejects when a line cannot be taken, and ends the program all the same', async () => {
    const pids: number[] = [];
    const onStdout = (line: string): void => {
      pids.push(Number(line));
      throw new Error('no room');
    };
    await expect(run('echo $$; exec sleep 600', { onStdout })).rejects.toThrow('no room');
    expect(pids).toHaveLength(1);
    expect(await living(pids)).toEqual([]);
  });

  test('rejects when the log cannot be written, and ends the program all the same', async () => {
    const log = new BoundedLog('/no/such/folder/log');
    const sets: ProcessSet[] = [];
    const onStarted = (set: ProcessSet): void => void sets.push(set);
    await expect(run('echo $$; exec sleep 600', { log, onStarted })).rejects.toThrow('ENOENT');
    expect(await living(sets.flatMap(({ groups }) => groups.map(({ pid }) => pid)))).toEqual([]);
  });

  test('tells the set as soon as the program runs, so that its work can be seen', async () => {
    const abort = new AbortController();
    const started = Promise.withResolvers<ProcessSet>();
    const running = run('while :; do :; done', { signal: abort.signal, onStarted: started.resolve });
    const set = await started.promise;
    await expect.poll(() => cpuOf(set), { timeout: 30_000 }).toBeGreaterThan(0);
    abort.abort();
    expect((await running).result).toMatchObject({ kind: 'exited', signal: 'SIGTERM', aborted: true });
    expect(await cpuOf(set)).toBe(0);
  });
});

describe('what a program leaves running is ended', () => {
  test('a child of its group', async () => {
    const { result, pids } = await run('sleep 600 >/dev/null 2>&1 & echo $!');
    expect(result).toEqual(exited({ left_over: 1 }));
    expect(await living(pids)).toEqual([]);
  });

  test('a daemon in a session of its own that ignores TERM and carries the mark', async () => {
    const { result, pids } = await run(`
      (setsid sh -c 'trap "" TERM HUP INT; echo $$ >ready; exec sleep 600' >/dev/null 2>&1 &)
      read pid <ready; echo $pid`);
    expect(pids).toHaveLength(1);
    expect(result).toEqual(exited({ left_over: 1 }));
    expect(await living(pids)).toEqual([]);
  });

  test('a daemon that holds the pipes open', async () => {
    const { result, pids } = await run(`
      (setsid sh -c 'trap "" TERM HUP INT; echo $$ >ready; exec sleep 600' &)
      read pid <ready; echo $pid`);
    expect(result).toEqual(exited({ left_over: 1 }));
    expect(await living(pids)).toEqual([]);
  });

  test('out of reach (no mark, no parent, no group) it may hold the pipes, but not hew', async () => {
    const { result, pids } = await run(`
      (env -i setsid /bin/sh -c 'echo $$ >ready; exec sleep 600' &)
      read pid <ready; echo $pid`);
    const alive = await living(pids);
    for (const pid of alive) process.kill(pid, 'SIGKILL');
    expect(result).toEqual(exited({}));
    expect(alive).toEqual(pids);
  });
});

describe('when the signal aborts', () => {
  test('the program is ended', async () => {
    const { result, pids } = await runUntilLine('echo $$; exec sleep 600');
    expect(result).toEqual(exited({ exit_code: null, signal: 'SIGTERM', aborted: true }));
    expect(await living(pids)).toEqual([]);
  });

  test('it may end well on TERM', async () => {
    const { result } = await runUntilLine('trap "exit 7" TERM; echo $$; while :; do sleep 0.01; done', {
      graceMs: 60_000,
    });
    expect(result).toMatchObject({ exit_code: 7, aborted: true });
  });

  test('a program that ignores TERM is killed', async () => {
    const { result, pids } = await runUntilLine('trap "" TERM; echo $$; exec sleep 600');
    expect(result).toEqual(exited({ exit_code: null, signal: 'SIGKILL', aborted: true }));
    expect(await living(pids)).toEqual([]);
  });

  test('a descendant in another session that has cleared its environment is ended', async () => {
    const { result, pids } = await runUntilLine(`
      env -i setsid /bin/sh -c 'trap "" TERM; echo $$ >ready; exec sleep 600' &
      read pid <ready; echo $pid; wait`);
    expect(result).toMatchObject({ left_over: 1, survivors: [] });
    expect(await living(pids)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('a stopped process acts on its TERM', async () => {
    const { result, pids } = await runUntilLine(
      `sh -c 'trap "exit 0" TERM; kill -STOP $$; sleep 600' & pid=$!
       until [ "$(cut -d' ' -f3 /proc/$pid/stat)" = T ]; do :; done; echo $pid; wait`,
      { graceMs: 60_000 },
    );
    expect(result).toMatchObject({ left_over: 1, survivors: [] });
    expect(await living(pids)).toEqual([]);
  });

  test('what forks on and on is ended', async () => {
    const { result } = await runUntilLine(`trap "" TERM; echo $$; while :; do sleep 0.001 & done`);
    expect(result).toMatchObject({ exit_code: null, signal: 'SIGKILL', survivors: [] });
  });
});
