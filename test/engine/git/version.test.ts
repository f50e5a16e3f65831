import { chmod, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { gitVersion, parseGitVersion } from '../../../source/engine/git/version.js';
import { temporaryFolder } from '../../temporary-folder.js';

it.each([
  ['git version 2.39.5\n', '2.39.5', true],
  ['git version 2.39.5 (Apple Git-154)\n', '2.39.5', true],
  ['git version 2.47.1.windows.2\n', '2.47.1', true],
  ['git version 2.38.0.rc1\n', '2.38.0', true],
  ['git version 2.50.0.123.gabcdef0\n', '2.50.0.123', true],
  ['git version 2.37.7\n', '2.37.7', false],
  ['git version 1.99.1\n', '1.99.1', false],
  ['git version 3.0\n', '3.0', true],
  ['warning: something odd\ngit version 2.40.1\n', '2.40.1', true],
])('reads %j', (output, version, recentEnough) => {
  expect(parseGitVersion(output)).toEqual({ kind: 'found', version, recent_enough: recentEnough });
});

it('orders versions by number, not by letter', () => {
  fc.assert(
    fc.property(fc.nat(30), fc.nat(200), fc.nat(20), (major, minor, patch) => {
      const parsed = parseGitVersion(`git version ${major}.${minor}.${patch}`);
      expect(parsed).toMatchObject({ recent_enough: major > 2 || (major === 2 && minor >= 38) });
    }),
  );
});

it('asks the git on the PATH that it is given', async () => {
  expect(await gitVersion({ PATH: process.env['PATH'] ?? '' })).toMatchObject({ kind: 'found' });
});

it('tells a git that is missing', async () => {
  await using folder = await temporaryFolder();
  expect(await gitVersion({ PATH: folder.path })).toEqual({ kind: 'missing' });
});

it('tells a stub that only says how to install git', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('git'), '#!/bin/sh\necho "xcode-select: note: no developer tools" >&2\nexit 1\n');
  await chmod(folder.at('git'), 0o755);
  expect(await gitVersion({ PATH: folder.path })).toEqual({ kind: 'missing' });
});
