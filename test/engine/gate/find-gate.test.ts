import { mkdir, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findGate, FindGateError, type ProjectFiles } from '../../../source/engine/gate/find-gate.js';
import { readProjectFiles } from '../../../source/engine/gate/read-project-files.js';
import { temporaryFolder } from '../../temporary-folder.js';

/** What the settings say of the gate. */
type GateSettings = Parameters<typeof findGate>[1];

const NOTHING: GateSettings = { test: null, lint: null };
const JUST = 'test:\nlint:\n';
const MAKE = 'test:\nlint:\n';

function manifest(scripts: Record<string, string>, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ scripts, ...more });
}

/** The gate as `source: command; command`. */
function gateOf(files: ProjectFiles, settings = NOTHING): string | null {
  const gate = findGate(files, settings);
  return gate && `${gate.source}: ${gate.commands.map(({ command }) => command).join('; ')}`;
}

const SCRIPTS = manifest({ test: 'vitest', lint: 'oxlint' });

describe('findGate', () => {
  it.each<[string | null, ProjectFiles]>([
    [null, {}],
    [null, { 'README.md': '' }],
    ['justfile: just test; just lint', { justfile: JUST, Makefile: MAKE, 'package.json': SCRIPTS }],
    ['.justfile: just test', { '.justfile': 'test:' }],
    ['Makefile: make test; make lint', { Makefile: MAKE, 'package.json': SCRIPTS, 'Cargo.toml': '' }],
    ['GNUmakefile: make test', { Makefile: MAKE, GNUmakefile: 'test:' }],
    ['Makefile: make test; make lint', { justfile: 'build:', Makefile: MAKE }],
    [
      'package.json: npm test; npm run lint',
      { Makefile: 'lint:', 'package.json': SCRIPTS, 'Cargo.toml': '' },
    ],
    ['package.json: pnpm test; pnpm run lint', { 'package.json': SCRIPTS, 'pnpm-lock.yaml': '' }],
    ['package.json: yarn test; yarn run lint', { 'package.json': SCRIPTS, 'yarn.lock': '' }],
    ['package.json: bun run test; bun run lint', { 'package.json': SCRIPTS, 'bun.lock': '' }],
    [
      'package.json: pnpm test',
      { 'package.json': manifest({ test: 'x' }, { packageManager: 'pnpm@9.1.0' }) },
    ],
    ['package.json: npm test', { 'package.json': `\uFEFF${manifest({ test: 'x', lint: ' ' })}` }],
    ['Cargo.toml: cargo test', { 'Cargo.toml': '', 'go.mod': '', 'package.json': '{}' }],
    ['go.mod: go test ./...', { 'go.mod': '', 'package.json': manifest({ lint: 'oxlint' }) }],
    ['pyproject.toml: pytest', { 'pyproject.toml': '' }],
    ['pyproject.toml: uv run pytest', { 'pyproject.toml': '', 'uv.lock': '' }],
    ['pyproject.toml: poetry run pytest', { 'pyproject.toml': '', 'poetry.lock': '' }],
    [null, { 'package.json': manifest({ test: 'echo "Error: no test specified" && exit 1' }) }],
    [null, { 'package.json': manifest({ test: '' }) }],
  ])('finds %j', (gate, files) => {
    expect(gateOf(files)).toBe(gate);
  });

  it('lets the settings go first', () => {
    const files = { 'package.json': SCRIPTS };
    expect(gateOf(files, { test: 'mine', lint: null })).toBe('.hew.toml: mine');
    expect(gateOf(files, { test: null, lint: 'mine' })).toBe('package.json: npm test; mine');
    expect(gateOf({}, { test: null, lint: 'mine' })).toBe('.hew.toml: mine');
    expect(gateOf({ 'package.json': '{' }, { test: 'a', lint: 'b' })).toBe('.hew.toml: a; b');
  });

  it.each(['{', '[]', '{"scripts": {"test": 3}}', 'null'])('names package.json when it is %j', (text) => {
    expect(() => findGate({ 'package.json': text }, NOTHING)).toThrow(FindGateError);
    expect(() => findGate({ 'package.json': text }, NOTHING)).toThrow(/^package\.json: .*\n.*\[gate\] test/);
  });

  it('never gives an empty command, whatever the files hold', () => {
    const names = ['justfile', 'Makefile', 'Cargo.toml', 'go.mod', 'pyproject.toml', 'yarn.lock'];
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('test:', 'test:\nlint:', 'test x:'));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), (files) => {
        const gate = findGate(files, NOTHING);
        if (gate === null) return;
        expect(gate.commands.map(({ name }) => name)).toEqual(
          ['test', 'lint'].slice(0, gate.commands.length),
        );
        expect(gate.commands.every(({ command }) => command.trim() !== '')).toBe(true);
        expect(Object.keys(files)).toContain(gate.source);
      }),
    );
  });
});

describe('readProjectFiles', () => {
  it('reads names, and the text of what may hold a gate', async () => {
    await using folder = await temporaryFolder();
    await writeFile(folder.at('Makefile'), 'test:\n');
    await writeFile(folder.at('uv.lock'), 'is not read');
    await mkdir(folder.at('justfile'));
    expect(await readProjectFiles(folder.path)).toEqual({ Makefile: 'test:\n', 'uv.lock': '' });
    await expect(readProjectFiles(folder.at('nowhere'))).rejects.toThrow('ENOENT');
  });
});
