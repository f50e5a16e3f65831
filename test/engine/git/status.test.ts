import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStatus, readStatus } from '../../../source/engine/git/status.js';
import { makeGitProject } from '../../git-project.js';
import { agentGit, hewGit, shaOf } from './hew-git.js';

it('tells staged, changed, removed and untracked paths, whatever their names', async () => {
  await using project = await makeGitProject({
    files: { 'a b': '1', 'zwei\nZeilen': '1', '"quoted"': '1', weg: '1', ' leading': '1', ü: '1' },
  });
  const git = await hewGit(project);
  await project.write('a b', '2');
  await project.write('zwei\nZeilen', '2');
  await project.git('add', 'zwei\nZeilen');
  await project.git('mv', '"quoted"', 'renamed');
  await rm(join(project.path, 'weg'));
  await project.write(' leading', '2');
  await project.write('neu/tief/ümlaut ', 'x');
  await writeFile(Buffer.concat([Buffer.from(`${project.path}/`), Buffer.from([0xe9, 0x0a])]), '');

  const status = await readStatus(git, project.path);
  expect(status).toMatchObject({ head: await shaOf(project, 'HEAD'), branch: 'main' });
  expect([...status.changed].sort()).toEqual(
    ['a b', 'zwei\nZeilen', '"quoted"', 'renamed', 'weg', ' leading'].sort(),
  );
  expect([...status.untracked].sort()).toEqual(['neu/tief/ümlaut ', '\uFFFD\n'].sort());
  const wrong = status.entries.find(({ path }) => path === '\uFFFD\n');
  expect(wrong?.path_bytes).toEqual(Buffer.from([0xe9, 0x0a]));
});

it('tells each file of an untracked folder, no ignored file, and a nested repository by its folder', async () => {
  await using project = await makeGitProject({ files: { '.gitignore': '*.log\n' } });
  await project.write('new/a', '');
  await project.write('new/b.log', '');
  await mkdir(join(project.path, 'nested'));
  await agentGit(project, join(project.path, 'nested'), 'init', '-q');
  const status = await readStatus(await hewGit(project), project.path);
  expect(status.untracked).toEqual(['nested/', 'new/a']);
});

it('tells conflicting paths', async () => {
  await using project = await makeGitProject({ files: { 'con flict': '1\n' } });
  await project.git('checkout', '-qb', 'other');
  await project.write('con flict', '2\n');
  await project.git('commit', '-qam', 'two');
  await project.git('checkout', '-q', 'main');
  await project.write('con flict', '3\n');
  await project.git('commit', '-qam', 'three');
  await agentGit(project, project.path, 'merge', 'other');
  const status = await readStatus(await hewGit(project), project.path);
  expect(status.changed).toEqual(['con flict']);
  expect(status.entries[0]?.kind).toBe('unmerged');
});

it('knows a detached HEAD, and a repository without a commit', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  await project.git('checkout', '-q', '--detach');
  expect(await readStatus(git, project.path)).toMatchObject({
    head: await shaOf(project, 'HEAD'),
    branch: null,
  });
  await project.git('checkout', '-q', '--orphan', 'größe');
  expect(await readStatus(git, project.path)).toMatchObject({ head: null, branch: 'größe' });
});

it('leaves the index on disk as it is', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const index = (): Promise<string> => project.git('hash-object', '--no-filters', '.git/index');
  const before = await index();
  // Same content, another time: a status that refreshes would write the time down.
  await utimes(join(project.path, 'README.md'), 1_700_000_000, 1_700_000_000);
  expect((await readStatus(git, project.path)).entries).toEqual([]);
  expect(await index()).toBe(before);
});

const path = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((text) => !text.includes('\0') && text.isWellFormed());
const object = fc.string({
  unit: fc.constantFrom(...'0123456789abcdef'.split('')),
  minLength: 40,
  maxLength: 40,
});
const entry = fc.oneof(
  path.map((path) => ({ list: 'untracked' as const, path, text: `? ${path}` })),
  fc.tuple(path, object).map(([path, sha]) => ({
    list: 'changed' as const,
    path,
    text: `1 .M N... 100644 100644 100755 ${sha} ${sha} ${path}`,
  })),
  fc.tuple(path, object).map(([path, sha]) => ({
    list: 'changed' as const,
    path,
    text: `u UU N... 100644 100644 100644 100644 ${sha} ${sha} ${sha} ${path}`,
  })),
);

it('reads back every list of paths', () => {
  fc.assert(
    fc.property(fc.array(entry), object, fc.constantFrom(null, 'main', 'a/b'), (entries, sha, branch) => {
      const headers = [`# branch.oid ${sha}`, `# branch.head ${branch ?? '(detached)'}`, '# stash 3'];
      const output = [...headers, ...entries.map(({ text }) => text)].map((line) => `${line}\0`).join('');
      for (const form of [output, Buffer.from(output)]) {
        const status = parseStatus(form);
        expect(status).toMatchObject({ head: sha, branch });
        for (const list of ['changed', 'untracked'] as const) {
          expect(status[list]).toEqual(entries.filter((one) => one.list === list).map(({ path }) => path));
        }
        expect(status.entries.map(({ path_bytes }) => path_bytes.toString())).toEqual(
          entries.map(({ path }) => path),
        );
      }
    }),
  );
});
