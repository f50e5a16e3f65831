import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import {
  setupWorktree,
  type SetupRequest,
  type SetupResult,
} from '../../../source/engine/worktree/setup-worktree.js';
import { type TemporaryFolder, temporaryFolder } from '../../temporary-folder.js';

/** Notes that it ran, in a file beside the worktree. */
const NOTE = 'echo ran >> ../runs';

/** A folder with a worktree in it, which is no more than a folder here. */
async function makeFolder(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await mkdir(folder.at('0'));
  await writeFile(folder.at('runs'), '');
  return folder;
}

async function setUp(
  folder: TemporaryFolder,
  lastFingerprint: string | null,
  change: Partial<SetupRequest> = {},
): Promise<SetupResult> {
  return await setupWorktree({
    path: folder.at('0'),
    configured: NOTE,
    linked: [],
    env: { PATH: process.env['PATH'] ?? '' },
    mark: `HEW_MARK_${randomBytes(4).toString('hex')}=w0`,
    log: folder.at('setup.log'),
    timeout_ms: 600_000,
    lastFingerprint,
    signal: new AbortController().signal,
    ...change,
  });
}

/** The fingerprint of a setup that must be ready. */
function fingerprintOf(result: SetupResult): string {
  if (result.kind !== 'ready') throw new Error(`the setup is ${JSON.stringify(result)}`);
  return result.fingerprint;
}

async function runs(folder: TemporaryFolder): Promise<number> {
  return (await readFile(folder.at('runs'), 'utf8')).split('\n').length - 1;
}

describe('setupWorktree', () => {
  it('runs in a new worktree, and again only when a lockfile or the command differs', async () => {
    await using folder = await makeFolder();
    const lockfile = folder.at('0', 'package-lock.json');
    await writeFile(lockfile, '{}');
    const first = await setUp(folder, null);
    expect(first).toEqual({ kind: 'ready', fingerprint: expect.any(String), ran: true });
    const known = fingerprintOf(first);

    await writeFile(folder.at('0', 'package.json'), '{}');
    expect(await setUp(folder, known)).toEqual({ kind: 'ready', fingerprint: known, ran: false });
    expect(await runs(folder)).toBe(1);

    await writeFile(lockfile, '{"lockfileVersion":3}');
    const second = await setUp(folder, known);
    expect(second).toMatchObject({ kind: 'ready', ran: true });
    expect(await setUp(folder, fingerprintOf(second), { configured: `${NOTE}; true` })).toMatchObject({
      ran: true,
    });
    await rm(lockfile);
    expect(await setUp(folder, fingerprintOf(second))).toMatchObject({ ran: true });
    expect(await runs(folder)).toBe(4);

    await writeFile(lockfile, '{}');
    expect(fingerprintOf(await setUp(folder, known))).toBe(known);
  });

  it('is not led to run again by the lockfile that it writes itself', async () => {
    await using folder = await makeFolder();
    await writeFile(folder.at('0', 'yarn.lock'), 'committed');
    const configured = `${NOTE}; echo written > yarn.lock`;
    const first = await setUp(folder, null, { configured });
    // What the reset before the next attempt does.
    await writeFile(folder.at('0', 'yarn.lock'), 'committed');
    expect(await setUp(folder, fingerprintOf(first), { configured })).toMatchObject({ ran: false });
  });

  it('runs what the lockfiles ask for, one after the other', async () => {
    await using folder = await makeFolder();
    await mkdir(folder.at('bin'));
    for (const program of ['npm', 'cargo']) {
      await writeFile(folder.at('bin', program), `#!/bin/sh\necho ${program} "$@" >> ../runs\n`, {
        mode: 0o755,
      });
    }
    for (const lockfile of ['package-lock.json', 'Cargo.lock']) await writeFile(folder.at('0', lockfile), '');
    const env = { PATH: `${folder.at('bin')}:${process.env['PATH']}` };
    expect(await setUp(folder, null, { configured: null, env })).toMatchObject({ kind: 'ready', ran: true });
    expect(await readFile(folder.at('runs'), 'utf8')).toBe('npm ci\ncargo fetch --locked\n');
    expect(await setUp(folder, null, { configured: null, env, linked: ['node_modules'] })).toMatchObject({
      ran: true,
    });
    expect(await readFile(folder.at('runs'), 'utf8')).toBe(
      'npm ci\ncargo fetch --locked\ncargo fetch --locked\n',
    );
  });

  it('is ready at once when there is nothing to run', async () => {
    await using folder = await makeFolder();
    for (const configured of [null, false] as const) {
      expect(await setUp(folder, null, { configured })).toMatchObject({ kind: 'ready', ran: false });
    }
    await expect(access(folder.at('setup.log'))).rejects.toThrow('ENOENT');
  });

  it('fails with the command and its last lines, also when it takes too long', async () => {
    await using folder = await makeFolder();
    const configured = 'echo no such package >&2; exit 4';
    expect(await setUp(folder, null, { configured })).toEqual({
      kind: 'failed',
      command: configured,
      tail: 'no such package\n[hew: setup ended with exit code 4]',
    });
    expect(await readFile(folder.at('setup.log'), 'utf8')).toContain('no such package');
    const slow = await setUp(folder, null, { configured: 'sleep 1000', timeout_ms: 100 });
    expect(slow).toMatchObject({
      kind: 'failed',
      command: 'sleep 1000',
      tail: expect.stringContaining('100ms'),
    });
  });

  it('is aborted by the signal', async () => {
    await using folder = await makeFolder();
    const controller = new AbortController();
    const result = await setUp(folder, null, {
      configured: 'echo begun; sleep 1000',
      signal: controller.signal,
      onLine: () => controller.abort(),
    });
    expect(result).toEqual({ kind: 'aborted' });
  });

  it('is not held up by a lockfile that is none', async () => {
    await using folder = await makeFolder();
    await execa('mkfifo', [folder.at('0', 'yarn.lock')]);
    await mkdir(folder.at('0', 'uv.lock'));
    await symlink('nowhere', folder.at('0', 'go.sum'));
    await symlink('Cargo.lock', folder.at('0', 'Cargo.lock'));
    expect(await setUp(folder, null)).toMatchObject({ kind: 'ready', ran: true });
  });
});
