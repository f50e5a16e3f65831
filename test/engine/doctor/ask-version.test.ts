import process from 'node:process';
import { expect, test } from 'vitest';
import { askVersion, isAtLeast } from '../../../source/engine/doctor/ask-version.js';

const env = { PATH: process.env['PATH'] ?? '' };
const ask = (script: string) => askVersion('/bin/sh', ['-c', script], env);

test.each([
  ['2.1.330 (Claude Code)', '2.1.330'],
  ['codex-cli 0.169.0', '0.169.0'],
  ['{"version":"1.3.0","build":"abc"}', '1.3.0'],
  ['tool 2.0.0-beta.1', '2.0.0-beta.1'],
])('takes the number out of %s', async (said, version) => {
  expect(await ask(`echo '${said}'`)).toEqual({ kind: 'told', version });
});

test('says why there is none', async () => {
  expect(await ask('echo broken >&2; exit 3')).toMatchObject({
    kind: 'failed',
    problem: expect.stringMatching(/told no version: broken$/),
  });
  expect(await ask('echo hello')).toMatchObject({ kind: 'failed' });
  expect(await askVersion('/no/such/program', ['--version'], env)).toMatchObject({
    kind: 'failed',
    problem: expect.stringContaining('ENOENT'),
  });
});

test.each([
  ['1.0.0', [1, 0], true],
  ['0.99.9', [1, 0], false],
  ['1.0.0-rc.1', [1, 0], true],
  ['22', [22], true],
  ['2.38', [2, 38, 1], false],
  ['3', [2, 38], true],
] as const)('%s is at least %j: %s', (version, floor, answer) => {
  expect(isAtLeast(version, floor)).toBe(answer);
});
