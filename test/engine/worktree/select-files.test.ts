import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ignoreLine,
  ignorePatterns,
  inBoth,
  isMereName,
  listedPaths,
  literalLead,
  PathSet,
  patternLines,
  withoutBeneath,
} from '../../../source/engine/worktree/select-files.js';
import { makeGitProject } from '../../git-project.js';

const path = fc
  .array(fc.constantFrom('a', 'b', 'c', 'ab'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const paths = fc.array(path, { maxLength: 8 });

/** Whether `above` is the path or a folder above it. */
function reaches(above: string, path: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}

describe('PathSet', () => {
  it('knows paths, what is above them and what is beneath', () => {
    fc.assert(
      fc.property(paths, path, (members, one) => {
        const set = new PathSet(members);
        expect(set.has(one)).toBe(members.includes(one));
        expect(set.covers(one)).toBe(members.some((member) => reaches(member, one)));
        expect(set.hasBeneath(one)).toBe(members.some((member) => member !== one && reaches(one, member)));
      }),
    );
  });
});

describe('listedPaths', () => {
  it('drops folders that stand beside their own contents', () => {
    expect(listedPaths('')).toEqual([]);
    expect(listedPaths('a/\0b/\0b/c/\0b/c/d\0e\0')).toEqual(['a', 'b/c/d', 'e']);
  });
});

describe('inBoth', () => {
  it('gives what lies in both, where an entry stands for all that is beneath it', () => {
    fc.assert(
      fc.property(paths, paths, path, (one, other, probe) => {
        const both = inBoth(one, other);
        expect(both.some((entry) => reaches(entry, probe))).toBe(
          one.some((entry) => reaches(entry, probe)) && other.some((entry) => reaches(entry, probe)),
        );
        expect(both).toEqual(withoutBeneath(both));
        expect(inBoth(other, one)).toEqual(both);
      }),
    );
  });
});

describe('withoutBeneath', () => {
  it('keeps what covers all, and nothing twice', () => {
    fc.assert(
      fc.property(paths, (all) => {
        const kept = withoutBeneath(all);
        for (const one of all) expect(kept.filter((entry) => reaches(entry, one))).toHaveLength(1);
        expect(all).toEqual(expect.arrayContaining([...kept]));
      }),
    );
  });
});

describe('ignorePatterns', () => {
  it('anchors, and means names with wildcards in them to the letter too', () => {
    expect(ignorePatterns('./config//local/')).toEqual(['/config/local']);
    expect(ignorePatterns('app/[id]/*.env')).toEqual(['/app/[id]/*.env', '/app/\\[id\\]/\\*.env']);
  });
});

describe('literalLead', () => {
  it.each([
    ['.env', '.env'],
    ['./a//b/', 'a/b'],
    ['a/b/*.c', 'a/b'],
    ['a/[id]/b', 'a'],
    ['**/x', ''],
  ])('of %j is %j', (entry, lead) => {
    expect(literalLead(entry)).toBe(lead);
  });
});

describe('patternLines', () => {
  it('reads as git does', () => {
    expect(patternLines('\uFEFF# a comment\n.env\r\n\n  \n\\#file\nname\\ \nspaced  \n!kept')).toEqual([
      '.env',
      '\\#file',
      'name\\ ',
      'spaced',
      '!kept',
    ]);
  });
});

describe('isMereName', () => {
  it.each([
    ['.env', true],
    ['**/.env', true],
    ['build/', true],
    ['/.env', false],
    ['a/.env', false],
    ['!.env', false],
  ])('of %j is %j', (pattern, answer) => {
    expect(isMereName(pattern)).toBe(answer);
  });
});

describe('ignoreLine', () => {
  it('has git ignore exactly that path and what is beneath it', async () => {
    await using project = await makeGitProject();
    const excludes = join(project.folder, 'excludes');
    const part = fc
      .string({
        unit: fc.constantFrom(...'a b * ? [ ] ! # \\ ^ - { } é .'.split(' '), ' ', '\t'),
        minLength: 1,
        maxLength: 4,
      })
      .filter((name) => name !== '.' && name !== '..');
    const anyPath = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyPath, { minLength: 2, maxLength: 40 }), async (all) => {
        const carried = all.slice(0, all.length / 2);
        await writeFile(excludes, carried.map((one) => `${ignoreLine(one)}\n`).join(''));
        const { stdout } = await execa('git', ['check-ignore', '--no-index', '-z', '--stdin'], {
          cwd: project.path,
          env: {
            ...project.env,
            GIT_CONFIG_COUNT: '1',
            GIT_CONFIG_KEY_0: 'core.excludesFile',
            GIT_CONFIG_VALUE_0: excludes,
          },
          extendEnv: false,
          input: all.map((one) => `${one}\0`).join(''),
          reject: false,
        });
        const ignored = stdout.split('\0').filter((one) => one !== '');
        const expected = all.filter((one) => carried.some((above) => reaches(above, one)));
        expect(ignored.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 60 },
    );
  });
});
