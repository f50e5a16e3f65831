import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSetup, type SetupFacts } from '../../../source/engine/worktree/find-setup.js';

function commandsOf(files: readonly string[], change: Partial<SetupFacts> = {}): string[] {
  return findSetup({ files, configured: null, linked: [], ...change }).map(({ command }) => command);
}

describe('findSetup', () => {
  it.each([
    [[], []],
    [['package.json', 'README.md'], []],
    [['package-lock.json'], ['npm ci']],
    [['npm-shrinkwrap.json'], ['npm ci']],
    [['pnpm-lock.yaml'], ['pnpm install --frozen-lockfile']],
    [['yarn.lock'], ['yarn install --frozen-lockfile']],
    [['yarn.lock', '.yarnrc.yml'], ['yarn install --immutable']],
    [['bun.lock'], ['bun install --frozen-lockfile']],
    [['package-lock.json', 'yarn.lock'], ['npm ci']],
    [['uv.lock', 'poetry.lock'], ['uv sync --frozen']],
    [['poetry.lock'], ['poetry install']],
    [['Gemfile.lock'], ['bundle install']],
    [['Cargo.lock'], ['cargo fetch --locked']],
    [
      ['Cargo.lock', 'uv.lock', 'package-lock.json'],
      ['npm ci', 'uv sync --frozen', 'cargo fetch --locked'],
    ],
  ])('of %j is %j', (files, commands) => {
    expect(commandsOf(files)).toEqual(commands);
  });

  it('leaves out what would install into a folder that is linked from home', () => {
    const files = ['package-lock.json', 'uv.lock', 'Gemfile.lock', 'Cargo.lock'];
    expect(commandsOf(files, { linked: ['node_modules', '.venv', 'vendor/bundle'] })).toEqual([
      'cargo fetch --locked',
    ]);
    expect(commandsOf(files, { linked: ['packages/a/node_modules/x'] })).not.toContain('npm ci');
    expect(commandsOf(['package-lock.json'], { linked: ['.env'] })).toEqual(['npm ci']);
  });

  it('is what the settings say, which depends on every lockfile', () => {
    const files = ['yarn.lock', 'go.sum', 'README.md'];
    expect(findSetup({ files, configured: 'make deps', linked: ['node_modules'] })).toEqual([
      { command: 'make deps', depends_on: ['yarn.lock', 'go.sum'] },
    ]);
    expect(commandsOf(files, { configured: false })).toEqual([]);
  });

  it('depends on files that are there, in whatever order they are listed', () => {
    const name = fc.constantFrom('package-lock.json', 'yarn.lock', 'uv.lock', 'Cargo.lock', 'bun.lockb', 'x');
    fc.assert(
      fc.property(fc.uniqueArray(name), (files) => {
        const steps = findSetup({ files, configured: null, linked: [] });
        for (const { depends_on } of steps) expect(files).toEqual(expect.arrayContaining([...depends_on]));
        expect(findSetup({ files: files.toReversed(), configured: null, linked: [] })).toEqual(steps);
      }),
    );
  });
});
