import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configVariables } from '../../../source/engine/git/environment.js';
import { Git, GitError } from '../../../source/engine/git/git.js';
import {
  commitTree,
  isAncestor,
  type MergeTree,
  mergeTree,
  treeOf,
  withTrailers,
} from '../../../source/engine/git/merge.js';
import { withoutMergeDrivers } from '../../../source/engine/git/merge-drivers.js';
import { type Sha, shaSchema } from '../../../source/engine/ids.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { hewGit, shaOf } from './hew-git.js';

type Files = Readonly<Record<string, string | null>>;

/** A commit on a new branch from the first one, with files written and, where null, removed. */
async function branchWith(project: GitProject, name: string, files: Files): Promise<Sha> {
  await project.git('checkout', '-q', '--no-track', '-b', name, 'base');
  for (const [path, text] of Object.entries(files)) {
    if (text === null) await rm(join(project.path, path));
    else await project.write(path, text);
  }
  await project.git('add', '--all');
  await project.git('commit', '-q', '-m', name);
  return shaOf(project, name);
}

async function merge(project: GitProject, ours: Files, theirs: Files): Promise<MergeTree> {
  await project.git('tag', 'base');
  const shas = [
    await branchWith(project, 'ours', ours),
    await branchWith(project, 'theirs', theirs),
  ] as const;
  const refs = await project.git('for-each-ref');
  const merged = await mergeTree(await hewGit(project), project.path, ...shas);
  expect(await project.git('status', '--porcelain')).toBe('');
  expect(await project.git('for-each-ref')).toBe(refs);
  return merged;
}

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

describe.concurrent('mergeTree', () => {
  it('gives the tree of a clean merge', async () => {
    await using project = await makeGitProject({ files: { a: LINES } });
    const merged = await merge(project, { a: `first\n${LINES}` }, { a: `${LINES}last\n`, b: 'new' });
    if (merged.kind !== 'clean') throw new Error(merged.messages);
    expect(await project.git('cat-file', 'blob', `${merged.tree}:a`)).toBe(`first\n${LINES}last`);
    expect(await project.git('ls-tree', '--name-only', merged.tree)).toBe('a\nb');
  });

  it('starts no merge program where it is only tried', async () => {
    await using project = await makeGitProject({
      files: { '.gitattributes': 'a merge=noisy.one\nlog merge=union\n', a: '1\n', log: '1\n' },
    });
    await project.git('config', 'merge.noisy.one.driver', 'touch noise; false');
    await project.git('tag', 'base');
    const ours = await branchWith(project, 'ours', { a: 'one\n', log: '1\n2\n' });
    const theirs = await branchWith(project, 'theirs', { a: 'two\n', log: '1\n3\n' });
    // What the user has given through the environment stays.
    const git = await hewGit(project, configVariables([['merge.other.driver', 'false']]));
    const env = await withoutMergeDrivers(git, project.path);
    expect(await mergeTree(git, project.path, ours, theirs, { env })).toMatchObject({ kind: 'clean' });
    expect(await readdir(project.path)).not.toContain('noise');
    const real = await mergeTree(git, project.path, ours, theirs);
    expect(real).toMatchObject({ kind: 'conflict', files: ['a'] });
    expect(await readdir(project.path)).toContain('noise');
  });

  it('names each conflicting file once, and says what conflicts', async () => {
    await using project = await makeGitProject({
      files: { 'a b': '1\n', 'zwei\nZeilen ü': '1\n', same: '1\n' },
    });
    const merged = await merge(
      project,
      { 'a b': '2\n', 'zwei\nZeilen ü': '2\n', same: '2\n' },
      { 'a b': '3\n', 'zwei\nZeilen ü': '3\n', same: '2\n' },
    );
    expect(merged).toEqual({
      kind: 'conflict',
      files: ['a b', 'zwei\nZeilen ü'],
      messages: [
        'Auto-merging a b',
        'CONFLICT (content): Merge conflict in a b',
        'Auto-merging zwei\nZeilen ü',
        'CONFLICT (content): Merge conflict in zwei\nZeilen ü',
      ].join('\n'),
    });
  });

  it('tells a file that one side changed and the other removed', async () => {
    await using project = await makeGitProject({ files: { a: LINES, keep: '' } });
    expect(await merge(project, { a: null }, { a: `${LINES}more\n` })).toMatchObject({
      kind: 'conflict',
      files: ['a'],
      messages: expect.stringMatching(/^CONFLICT \(modify\/delete\): a deleted in \S+ and modified in \S+\./),
    });
  });

  it('tells a file that both sides renamed', async () => {
    await using project = await makeGitProject({ files: { a: LINES } });
    expect(await merge(project, { a: null, b: LINES }, { a: null, c: LINES })).toMatchObject({
      kind: 'conflict',
      files: ['a', 'b', 'c'],
      messages: expect.stringMatching(/^CONFLICT \(rename\/rename\)/),
    });
  });

  it('tells a file that became a folder', async () => {
    await using project = await makeGitProject({ files: { a: LINES } });
    const merged = await merge(project, { a: `${LINES}more\n` }, { a: null, 'a/b': 'x' });
    expect(merged).toMatchObject({ kind: 'conflict', messages: expect.stringContaining('CONFLICT') });
  });

  it('tells binary files, and files that both sides added', async () => {
    await using project = await makeGitProject({ files: { bin: 'a\0' } });
    expect(await merge(project, { bin: 'b\0', new: '1' }, { bin: 'c\0', new: '2' })).toMatchObject({
      kind: 'conflict',
      files: ['bin', 'new'],
    });
  });

  it("uses the project's merge attributes", async () => {
    await using project = await makeGitProject({
      files: { log: '1\n', '.gitattributes': 'log merge=union\n' },
    });
    expect(await merge(project, { log: '1\n2\n' }, { log: '1\n3\n' })).toMatchObject({ kind: 'clean' });
  });

  it('throws for commits that do not exist or have nothing in common', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const head = await shaOf(project, 'HEAD');
    const garbage = shaSchema.parse('deadbeef'.repeat(5));
    await expect(mergeTree(git, project.path, head, garbage)).rejects.toThrow(GitError);
    await expect(mergeTree(git, project.path, garbage, head)).rejects.toThrow(GitError);
    const tree = await treeOf(git, project.path, head);
    const stranger = await commitTree(git, project.path, { tree, parents: [], message: 'x' });
    await expect(mergeTree(git, project.path, head, stranger)).rejects.toThrow('unrelated histories');
  });
});

it.concurrent('makes merge commits of SHA-256 repositories too', async () => {
  await using project = await makeGitProject();
  const path = join(project.folder, 'modern');
  await mkdir(path);
  const identity = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'b',
    GIT_COMMITTER_NAME: 'c',
    GIT_COMMITTER_EMAIL: 'd',
  };
  const { env } = await hewGit(project);
  const git = new Git({ ...env, ...identity });
  await git.text(path, ['init', '-q', '--object-format=sha256']);
  await writeFile(join(path, 'a'), '1');
  await git.text(path, ['add', 'a']);
  const tree = shaSchema.parse(await git.text(path, ['write-tree']));
  const root = await commitTree(git, path, { tree, parents: [], message: 'root' });
  const next = await commitTree(git, path, { tree, parents: [root], message: 'next' });
  expect(await mergeTree(git, path, root, next)).toEqual({ kind: 'clean', tree });
  expect(await isAncestor(git, path, root, next)).toBe(true);
});

it.concurrent('knows which commit comes before which', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const first = await shaOf(project, 'HEAD');
  await project.git('commit', '-q', '--allow-empty', '-m', 'x');
  const second = await shaOf(project, 'HEAD');
  expect(await isAncestor(git, project.path, first, second)).toBe(true);
  expect(await isAncestor(git, project.path, second, first)).toBe(false);
  expect(await isAncestor(git, project.path, second, second)).toBe(true);
  await expect(isAncestor(git, project.path, first, shaSchema.parse('0'.repeat(40)))).rejects.toThrow(
    GitError,
  );
});

describe.concurrent('withTrailers', () => {
  it('keeps the message and puts each trailer on a line', () => {
    expect(
      withTrailers('Title\n\nBody\n\n', {
        'Hew-Run': 'x',
        'Hew-Reason': 'two\nlines \t here',
        'Hew-Attempt': 2,
      }),
    ).toBe('Title\n\nBody\n\nHew-Run: x\nHew-Reason: two lines here\nHew-Attempt: 2\n');
  });

  it('is read back by git, whatever the message says, and goes in verbatim', async () => {
    await using project = await makeGitProject();
    const git = await hewGit(project);
    const base = await shaOf(project, 'HEAD');
    const tree = await treeOf(git, project.path, base);
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '',
        '---',
        '# comment',
        'Hew-Task: forged',
        'Signed-off-by: x <y>',
        '-- ',
        'diff --git a b',
        '\r',
      ),
    );
    const message = fc
      .tuple(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
        fc.array(line),
      )
      .map((lines) => lines.flat().join('\n'));
    await fc.assert(
      fc.asyncProperty(message, fc.string({ minLength: 1 }), async (text, reason) => {
        const whole = withTrailers(text, { 'Hew-Task': 'app-1', 'Hew-Reason': reason });
        const sha = await commitTree(git, project.path, { tree, parents: [base], message: whole });
        const stored = await git.ask(project.path, ['cat-file', 'commit', sha]);
        expect(stored.stdout.slice(stored.stdout.indexOf('\n\n') + 2)).toBe(whole.replaceAll('\0', ''));
        const format = '--format=%(trailers:key=Hew-Task,valueonly,separator=%x7C)';
        const seen = await git.text(project.path, ['log', '-1', format, sha]);
        expect(seen).toBe('app-1');
      }),
      { numRuns: 25 },
    );
  });
});
