import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { nativeCodex } from '../../../source/engine/agents/native-codex.js';
import { temporaryFolder } from '../../temporary-folder.js';

const LINUX = { platform: 'linux', arch: 'x64' };
const NATIVE = ['vendor', 'x86_64-unknown-linux-musl', 'bin', 'codex'];

async function file(path: string, mode = 0o755): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
  await chmod(path, mode);
  return path;
}

test('finds the native program in the package for this platform, through the link that npm makes', async () => {
  await using folder = await temporaryFolder();
  const scope = ['lib', 'node_modules', '@openai'];
  const script = await file(folder.at(...scope, 'codex', 'bin', 'codex.js'));
  await file(folder.at(...scope, 'codex-linux-x64', 'package.json'));
  await writeFile(folder.at(...scope, 'codex-linux-x64', 'package.json'), '{}');
  await mkdir(folder.at('bin'));
  await symlink(script, folder.at('bin', 'codex'));
  expect(await nativeCodex(folder.at('bin', 'codex'), LINUX)).toBe(folder.at('bin', 'codex'));
  const native = await file(folder.at(...scope, 'codex-linux-x64', ...NATIVE));
  expect(await nativeCodex(folder.at('bin', 'codex'), LINUX)).toBe(native);
  expect(await nativeCodex(script, LINUX)).toBe(native);
});

test('finds it in the package of the script itself, where older ones have it, if it can be executed', async () => {
  await using folder = await temporaryFolder();
  const script = await file(folder.at('codex', 'bin', 'codex.js'));
  const native = await file(folder.at('codex', ...NATIVE), 0o644);
  expect(await nativeCodex(script, LINUX)).toBe(script);
  await chmod(native, 0o755);
  expect(await nativeCodex(script, LINUX)).toBe(native);
});

test('leaves a program that is no script, and an unknown platform, as they are', async () => {
  await using folder = await temporaryFolder();
  const program = await file(folder.at('codex'));
  expect(await nativeCodex(program, LINUX)).toBe(program);
  const script = await file(folder.at('codex.js'));
  expect(await nativeCodex(script, { platform: 'sunos', arch: 'sparc' })).toBe(script);
  expect(await nativeCodex(folder.at('none'), LINUX)).toBe(folder.at('none'));
});
