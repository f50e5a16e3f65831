import { randomBytes } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { TAIL_BYTES } from '../../../source/engine/gate/last-lines.js';
import { type GateRequest, runGate } from '../../../source/engine/gate/run-gate.js';
import type { GateResult } from '../../../source/engine/ports.js';
import { processStart } from '../../../source/engine/processes/process-table.js';
import { type TemporaryFolder, temporaryFolder } from '../../temporary-folder.js';

/** Longer than any test takes: what waits for it is ended by the gate or fails. */
const FOREVER = 'sleep 1000';

/** Runs these command lines, named `c1`, `c2` …, in the folder. */
async function gate(
  folder: TemporaryFolder,
  commands: readonly string[],
  change: Partial<GateRequest> = {},
): Promise<GateResult> {
  return await runGate({
    commands: commands.map((command, index) => ({ name: `c${index + 1}`, command })),
    cwd: folder.path,
    env: { PATH: process.env['PATH'] ?? '', FROM_REQUEST: 'yes' },
    mark: `HEW_MARK_${randomBytes(4).toString('hex')}=w0`,
    log: folder.at('gate.log'),
    timeout_ms: 600_000,
    signal: new AbortController().signal,
    ...change,
  });
}

async function readLog(folder: TemporaryFolder): Promise<string> {
  return await readFile(folder.at('gate.log'), 'utf8');
}

/** Whether the process whose pid the file holds lives. */
async function lives(file: string): Promise<boolean> {
  const pid = Number((await readFile(file, 'utf8')).trim());
  expect(pid).toBeGreaterThan(1);
  return (await processStart(pid)) !== null;
}

describe('runGate', () => {
  it('is green when all commands are, run in order, in the folder, with this environment and a closed stdin', async () => {
    await using folder = await temporaryFolder();
    const lines: string[] = [];
    const commands = ['pwd; cat; echo "$FROM_REQUEST"', 'printf "\\033[31mred\\033[0m\\tword" >&2'];
    const result = await gate(folder, commands, { onLine: (line) => lines.push(line) });
    expect(result).toEqual({ outcome: 'green', failed: null, tail: '', duration_ms: expect.any(Number) });
    expect(lines).toEqual([folder.path, 'yes', 'red    word']);
    expect((await readLog(folder)).split('\n')).toEqual([
      `$ ${commands[0]}`,
      folder.path,
      'yes',
      '',
      '[hew: c1 ended with exit code 0]',
      '',
      `$ ${commands[1]}`,
      '\u001B[31mred\u001B[0m\tword',
      '[hew: c2 ended with exit code 0]',
      '',
      '',
    ]);
    expect((await stat(folder.at('gate.log'))).mode & 0o777).toBe(0o600);
  });

  it('is green without a command', async () => {
    await using folder = await temporaryFolder();
    expect(await gate(folder, [])).toMatchObject({ outcome: 'green', failed: null });
    expect(await readLog(folder)).toBe('');
  });

  it('is red with the last lines, and the log begins anew', async () => {
    await using folder = await temporaryFolder();
    const first = await gate(folder, ['seq 1 100; printf "\\033[2J\\033]0;title\\007bad"; exit 3']);
    expect(first).toMatchObject({ outcome: 'red', failed: { name: 'c1' } });
    expect(first.tail.split('\n').slice(-3)).toEqual(['100', 'bad', '[hew: c1 ended with exit code 3]']);
    const second = await gate(folder, ['false']);
    expect(second).toMatchObject({ outcome: 'red', tail: '[hew: c1 ended with exit code 1]' });
    expect(await readLog(folder)).toBe('$ false\n\n[hew: c1 ended with exit code 1]\n\n');
  });

  it('ends at the first command that is red, with the tail of that one alone', async () => {
    await using folder = await temporaryFolder();
    const result = await gate(folder, ['echo fine', 'echo bad; exit 1', 'touch third']);
    expect(result).toMatchObject({
      outcome: 'red',
      failed: { name: 'c2', command: 'echo bad; exit 1' },
      tail: 'bad\n[hew: c2 ended with exit code 1]',
    });
    await expect(access(folder.at('third'))).rejects.toThrow('ENOENT');
  });

  it('is red when a signal ended the command or it could not be started, and says so', async () => {
    await using folder = await temporaryFolder();
    const killed = await gate(folder, ['echo last words; kill -KILL $$']);
    expect(killed).toMatchObject({ outcome: 'red', tail: 'last words\n[hew: c1 was ended by SIGKILL]' });
    const unstarted = await gate(folder, ['true'], { env: { PATH: folder.at('nowhere') } });
    expect(unstarted).toMatchObject({ outcome: 'red', failed: { command: 'true' } });
    expect(unstarted.tail).toMatch(/^\[hew: c1 could not be started: .*ENOENT/);
  });

  it('is ended at the limit, also when the command then says that all is well', async () => {
    await using folder = await temporaryFolder();
    const commands = [`trap 'exit 0' TERM; ${FOREVER} & wait`, 'touch second'];
    const result = await gate(folder, commands, { timeout_ms: 300 });
    expect(result).toMatchObject({
      outcome: 'timeout',
      failed: { command: commands[0] },
      tail: '[hew: c1 was ended: the limit of 300ms was reached]',
    });
    await expect(access(folder.at('second'))).rejects.toThrow('ENOENT');
  });

  it('is aborted by the signal, with all its processes', async () => {
    await using folder = await temporaryFolder();
    const controller = new AbortController();
    const result = await gate(folder, [`${FOREVER} & echo $! > pid; echo begun; wait`, 'touch second'], {
      signal: controller.signal,
      onLine: () => controller.abort(),
    });
    expect(result).toMatchObject({ outcome: 'aborted', tail: 'begun\n[hew: c1 was aborted]' });
    expect(await lives(folder.at('pid'))).toBe(false);
    await expect(access(folder.at('second'))).rejects.toThrow('ENOENT');
  });

  it('starts nothing when it is aborted already', async () => {
    await using folder = await temporaryFolder();
    const result = await gate(folder, ['touch first'], { signal: AbortSignal.abort() });
    expect(result.outcome).toBe('aborted');
    await expect(access(folder.at('first'))).rejects.toThrow('ENOENT');
  });

  // macOS has no setsid, and hides environments: out of reach there (LOOP.md §8).
  it.runIf(process.platform === 'linux')(
    'ends a server that a green command left behind, in a session of its own too',
    async () => {
      await using folder = await temporaryFolder();
      const leave = `${FOREVER} & echo $! > inside; setsid sh -c 'echo $$ > outside; exec ${FOREVER}' & until [ -s outside ]; do :; done`;
      const check =
        'for f in inside outside; do kill -0 "$(cat $f)" 2>/dev/null && grep -q sleep "/proc/$(cat $f)/cmdline" && exit 1; done; exit 0';
      expect(await gate(folder, [leave, check])).toMatchObject({ outcome: 'green', tail: '' });
      expect(await lives(folder.at('inside'))).toBe(false);
      expect(await lives(folder.at('outside'))).toBe(false);
      expect(await readLog(folder)).toContain('[hew: 2 more of its processes were ended]');
    },
  );

  it('keeps no more of 300 MB of output than the last lines', async () => {
    await using folder = await temporaryFolder();
    const before = process.resourceUsage().maxRSS;
    let lines = 0;
    const text = '0123456789'.repeat(100);
    const command = `yes ${text} | head -c 300000000; head -c 30000000 /dev/zero | tr '\\0' x; exit 1`;
    const result = await gate(folder, [command], { onLine: () => (lines += 1) });
    const grown_mb = (process.resourceUsage().maxRSS - before) / 1024;
    expect(result).toMatchObject({ outcome: 'red' });
    expect(Buffer.byteLength(result.tail)).toBeLessThanOrEqual(TAIL_BYTES);
    expect(lines).toBeGreaterThan(299_000);
    expect(grown_mb).toBeLessThan(150);
    expect((await stat(folder.at('gate.log'))).size).toBeLessThan(81 * 1024 * 1024);
  });

  it('rejects when the log cannot be written, with nothing left running', async () => {
    await using folder = await temporaryFolder();
    await expect(gate(folder, ['touch first'], { log: folder.at('nowhere', 'gate.log') })).rejects.toThrow(
      'ENOENT',
    );
    await expect(access(folder.at('first'))).rejects.toThrow('ENOENT');
  });
});
