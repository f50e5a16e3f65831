import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Git, GitError } from '../../../source/engine/git/git.js';
import { makeGitProject } from '../../git-project.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { hewGit } from './hew-git.js';

it('gives text without the final newline, and only that one', async () => {
  await using project = await makeGitProject({ files: { a: 'text\n\n' } });
  const git = await hewGit(project);
  expect(await git.text(project.path, ['cat-file', 'blob', 'HEAD:a'])).toBe('text\n');
  expect((await git.ask(project.path, ['cat-file', 'blob', 'HEAD:a'])).stdout).toBe('text\n\n');
});

it('gives paths as UTF-8 with U+FFFD for wrong bytes, and the bytes themselves on demand', async () => {
  await using project = await makeGitProject({ files: { 'zwei\nZeilen ü': '' } });
  const wrong = Buffer.concat([Buffer.from(`${project.path}/z`), Buffer.from([0xff])]);
  await writeFile(wrong, '');
  await project.git('add', '--all');
  const git = await hewGit(project);
  expect(await git.list(project.path, ['ls-files', '-z'])).toEqual(['zwei\nZeilen ü', 'z\uFFFD']);
  expect((await git.bytes(project.path, ['ls-files', '-z'])).toString('latin1')).toContain('z\u00FF\0');
});

it('sends input verbatim, and does not mind a git that does not read it', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const input = 'ü\r\n'.repeat(100_000);
  const sha = await git.text(project.path, ['hash-object', '-w', '--stdin'], { input });
  expect(await git.text(project.path, ['cat-file', 'blob', sha])).toBe(input.slice(0, -1));
  expect((await git.ask(project.path, ['rev-parse', '--git-dir'], { input })).exit_code).toBe(0);
});

it('throws with the command, the folder and the reason, past hints and warnings', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const failure = git.text(project.path, ['rev-parse', '--verify', 'nothing']);
  await expect(failure).rejects.toThrow(GitError);
  await expect(failure).rejects.toThrow(
    `git rev-parse --verify nothing in ${project.path} ended with 128: fatal: Needed a single revision`,
  );
  const answer = { exit_code: 1, stdout: '', stderr: 'hint: try this\nwarning: that\nerror: the reason\n' };
  expect(new GitError(['x'], '/', answer).message).toBe('git x in / ended with 1: error: the reason');
});

it('runs several commands in one child, with arguments that a shell would read otherwise', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const words = [`it's "$HOME" $(id) \`id\` \\ ; * ü`, '-n', '', 'two\nlines\n'];
  const commands = words.map((word) => ['-c', `alias.say=!printf %s`, 'say', word]);
  const twelve = [['rev-parse', ...Array.from({ length: 12 }, () => 'HEAD')]];
  const [head] = await git.texts(project.path, [['rev-parse', 'HEAD']]);
  expect(await git.texts(project.path, twelve)).toEqual([Array.from({ length: 12 }, () => head).join('\n')]);
  const outputs = await git.outputs(project.path, commands);
  expect(outputs.map(String)).toEqual(words);
});

it('stops at the first of several commands that fails, and names it', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const commands = [
    ['rev-parse', 'HEAD'],
    ['rev-parse', '--verify', 'nothing'],
    ['update-ref', 'refs/hew/x', 'HEAD'],
  ];
  const failure = git.outputs(project.path, commands);
  await expect(failure).rejects.toThrow(GitError);
  await expect(failure).rejects.toThrow('git rev-parse --verify nothing in');
  expect((await git.ask(project.path, ['rev-parse', '--verify', 'refs/hew/x'])).exit_code).toBe(128);

  const gone = git.outputs(join(project.folder, 'gone'), commands);
  await expect(gone).rejects.toMatchObject({ name: 'GitError', args: ['rev-parse', 'HEAD'] });
});

it('takes 0 for yes, 1 for no, and nothing else for an answer', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  expect(await git.holds(project.path, ['diff', '--quiet', 'HEAD'])).toBe(true);
  await project.write('README.md', 'changed');
  expect(await git.holds(project.path, ['diff', '--quiet', 'HEAD'])).toBe(false);
  await expect(git.holds(project.path, ['diff', '--quiet', 'nothing'])).rejects.toThrow(GitError);
});

it('throws when git or the folder is missing', async () => {
  await using folder = await temporaryFolder();
  await expect(new Git({ PATH: folder.path }).ask(folder.path, ['version'])).rejects.toThrow('ENOENT');
  await expect(
    new Git({ PATH: process.env['PATH'] ?? '' }).ask(folder.at('none'), ['version']),
  ).rejects.toThrow(GitError);
});

it('tells why git could not be started, and what mends it', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('git'), '', { mode: 0o644 });
  await expect(new Git({ PATH: folder.path }).ask(folder.path, ['version'])).rejects.toThrow(
    `git version in ${folder.path} could not be started: spawn git EACCES. Give yourself access to it`,
  );
});

it('tells a git that a signal ended as the shell tells it', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('git'), '#!/bin/sh\nkill -9 $$\n');
  await chmod(folder.at('git'), 0o755);
  const git = new Git({ PATH: `${folder.path}:${process.env['PATH']}` });
  expect((await git.ask(folder.path, ['status'])).exit_code).toBe(128);
  await expect(git.text(folder.path, ['status'])).rejects.toThrow(GitError);
});

it('starts git with its own environment alone', async () => {
  await using project = await makeGitProject();
  const git = new Git({ PATH: process.env['PATH'] ?? '', GIT_INDEX_FILE: join(project.folder, 'none') });
  // In an alias git adds variables of its own; nothing of this process may be among them.
  const seen = await git.text(project.path, ['-c', 'alias.seen=!env', 'seen'], { env: { EXTRA: 'yes' } });
  expect(seen).toContain('EXTRA=yes');
  expect(seen).toContain(`GIT_INDEX_FILE=${project.folder}/none`);
  expect(seen).not.toContain('NODE_ENV=');
  expect(process.env['NODE_ENV']).toBeDefined();
});
