import { execa } from 'execa';
import { expect, it } from 'vitest';
import { GitError } from '../../../source/engine/git/git.js';
import { changeRefs, listRefs, readRef } from '../../../source/engine/git/refs.js';
import { type Sha, shaSchema } from '../../../source/engine/ids.js';
import { type GitProject, makeGitProject } from '../../git-project.js';
import { hewGit, script, shaOf } from './hew-git.js';

async function twoCommits(project: GitProject): Promise<[Sha, Sha]> {
  const first = await shaOf(project, 'HEAD');
  await project.git('commit', '-q', '--allow-empty', '-m', 'Second');
  return [first, await shaOf(project, 'HEAD')];
}

it.concurrent('makes, moves and deletes refs together', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const [first, second] = await twoCommits(project);
  expect(
    await changeRefs(git, project.path, [
      { ref: 'refs/hew/a', old: null, next: first },
      { ref: 'refs/heads/loop/ü', old: null, next: first },
    ]),
  ).toBe(true);
  expect(
    await changeRefs(git, project.path, [
      { ref: 'refs/hew/a', old: first, next: second },
      { ref: 'refs/heads/loop/ü', old: first, next: null },
    ]),
  ).toBe(true);
  expect(await readRef(git, project.path, 'refs/hew/a')).toBe(second);
  expect(await readRef(git, project.path, 'refs/heads/loop/ü')).toBeNull();
});

it.concurrent('changes nothing when one ref is not where it should be', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const [first, second] = await twoCommits(project);
  await project.git('update-ref', 'refs/hew/there', first);
  const before = await listRefs(git, project.path);
  for (const change of [
    { ref: 'refs/hew/there', old: second, next: first },
    { ref: 'refs/hew/none', old: first, next: second },
    { ref: 'refs/hew/there', old: second, next: null },
    { ref: 'refs/hew/none', old: first, next: null },
    { ref: 'refs/hew/there', old: null, next: second },
    { ref: 'refs/hew/there', old: null, next: null },
  ]) {
    const others = ['refs/hew/0', 'refs/hew/zzz'].map((ref) => ({ ref, old: null, next: first }));
    expect([change, await changeRefs(git, project.path, [...others, change])]).toEqual([change, false]);
    expect(await listRefs(git, project.path)).toEqual(before);
  }
});

it.concurrent('moves, makes and deletes a ref from wherever it is with any', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const [first, second] = await twoCommits(project);
  const change = (next: Sha | null): Promise<boolean> =>
    changeRefs(git, project.path, [{ ref: 'refs/hew/any', old: 'any', next }]);
  for (const next of [first, second, second, null, null]) {
    expect(await change(next)).toBe(true);
    expect(await readRef(git, project.path, 'refs/hew/any')).toBe(next);
  }
});

it.concurrent('throws for what is not a matter of where refs are, and changes nothing', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const first = await shaOf(project, 'HEAD');
  const absent = shaSchema.parse('1'.repeat(40));
  for (const [ref, next] of [
    ['refs/hew/absent', absent],
    ['refs/hew/a..b', first],
    // A ref cannot lie beneath another.
    ['refs/heads/main/below', first],
  ] as const) {
    const changes = [
      { ref: 'refs/hew/0', old: null, next: first },
      { ref, old: null, next },
    ];
    await expect(changeRefs(git, project.path, changes)).rejects.toThrow(GitError);
  }
  expect(await readRef(git, project.path, 'refs/hew/0')).toBeNull();
});

it.concurrent('replaces a branch that was made a link, and leaves alone what it points to', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const [first, second] = await twoCommits(project);
  await project.git('symbolic-ref', 'refs/heads/loop/w0', 'refs/heads/main');
  expect(await changeRefs(git, project.path, [{ ref: 'refs/heads/loop/w0', old: 'any', next: first }])).toBe(
    true,
  );
  expect(await readRef(git, project.path, 'refs/heads/loop/w0')).toBe(first);
  expect(await shaOf(project, 'main')).toBe(second);
});

it.concurrent('understands git in every language', async (context) => {
  await using project = await makeGitProject();
  const german = { LC_ALL: 'C.utf8', LANGUAGE: 'de' };
  const said = await execa('git', ['rev-parse', 'x'], {
    cwd: project.path,
    env: { ...project.env, ...german },
    reject: false,
  });
  // Only where git's translations are installed.
  if (!said.stderr.includes('Schwerwiegend')) context.skip();
  const git = await hewGit(project, german);
  const first = await shaOf(project, 'HEAD');
  expect(await changeRefs(git, project.path, [{ ref: 'refs/heads/main', old: null, next: first }])).toBe(
    false,
  );
});

it.concurrent('lets one of many win', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const first = await shaOf(project, 'HEAD');
  await script(project, 'for turn in 1 2 3 4 5 6 7 8; do git commit -q --allow-empty -m $turn; done');
  const log = await project.git('log', '--format=%H', '-8');
  const shas = log.split('\n').map((sha) => shaSchema.parse(sha));
  await project.git('update-ref', 'refs/hew/trunk', first);
  const won = await Promise.all(
    shas.map((next) => changeRefs(git, project.path, [{ ref: 'refs/hew/trunk', old: first, next }])),
  );
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await readRef(git, project.path, 'refs/hew/trunk')).toBe(shas[won.indexOf(true)]);
});

it.concurrent('lists refs by whole parts of their names', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  const first = await shaOf(project, 'HEAD');
  for (const ref of ['refs/hew/w1/1', 'refs/hew/w10/1']) await project.git('update-ref', ref, first);
  expect(await listRefs(git, project.path, ['refs/hew/w1'])).toEqual(new Map([['refs/hew/w1/1', first]]));
  expect([...(await listRefs(git, project.path)).keys()]).toEqual([
    'refs/heads/main',
    'refs/hew/w1/1',
    'refs/hew/w10/1',
  ]);
  expect(await listRefs(git, project.path, ['refs/none'])).toEqual(new Map());
});

it.concurrent('reads the commit of a tag, and nothing of what is no commit or looks like an option', async () => {
  await using project = await makeGitProject();
  const git = await hewGit(project);
  await project.git('tag', '-a', 'v1', '-m', 'One');
  expect(await readRef(git, project.path, 'refs/tags/v1')).toBe(await shaOf(project, 'HEAD'));
  await project.git('tag', 'tree', 'HEAD^{tree}');
  expect(await readRef(git, project.path, 'refs/tags/tree')).toBeNull();
  expect(await readRef(git, project.path, '--all')).toBeNull();
});
