import { z } from 'zod';
import { packageManager } from '../package-manager.js';
import type { GateCommand } from '../ports.js';
import { justRecipes, makeTargets } from './recipes.js';

/** Names of files in the project's top folder, with their text (lockfiles only need a name). */
export type ProjectFiles = Readonly<Record<string, string>>;

/** The gate's commands in the order in which they run, at least one. */
export interface Gate {
  readonly commands: readonly GateCommand[];
  /** Where the test command was found: `.hew.toml` or the name of a file of the project. */
  readonly source: string;
}

/** A file of the project cannot be read for its gate. The message names the file and what to do. */
export class FindGateError extends Error {
  override readonly name = 'FindGateError';
}

/** A `test` that a file of the project offers, and its `lint` where it has one. */
interface Found {
  readonly source: string;
  readonly test: string;
  readonly lint: string | null;
}

const manifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).optional(),
  packageManager: z.string().optional(),
});

/** What `npm init` writes where a project has no tests. */
const NO_TEST = /^echo\s+\\?["']Error: no test specified\\?["']\s*&&\s*exit 1$/;

function firstFile(files: ProjectFiles, names: readonly string[]): { name: string; text: string } | null {
  for (const name of names) {
    const text = files[name];
    if (text !== undefined) return { name, text };
  }
  return null;
}

function fromRunner(
  runner: string,
  file: { name: string; text: string } | null,
  namesOf: (text: string) => ReadonlySet<string>,
): Found | null {
  if (file === null) return null;
  const names = namesOf(file.text);
  if (!names.has('test')) return null;
  return { source: file.name, test: `${runner} test`, lint: names.has('lint') ? `${runner} lint` : null };
}

function readManifest(text: string): z.infer<typeof manifestSchema> {
  try {
    return manifestSchema.parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).split('\n')[0] : String(error);
    throw new FindGateError(
      `package.json: its scripts cannot be read: ${why}\nMend it, or name the gate in .hew.toml: [gate] test = "…"`,
      { cause: error },
    );
  }
}

function fromManifest(files: ProjectFiles): Found | null {
  const text = files['package.json'];
  if (text === undefined) return null;
  const manifest = readManifest(text);
  const { test = '', lint = '' } = manifest.scripts ?? {};
  if (test.trim() === '' || NO_TEST.test(test.trim())) return null;
  const said = /^(npm|pnpm|yarn|bun)@/.exec(manifest.packageManager ?? '')?.[1];
  const manager = packageManager(Object.keys(files))?.name ?? said ?? 'npm';
  // `bun test` would be bun's own test runner, not the script.
  return {
    source: 'package.json',
    test: manager === 'bun' ? 'bun run test' : `${manager} test`,
    lint: lint.trim() === '' ? null : `${manager} run lint`,
  };
}

function fromLanguage(files: ProjectFiles): Found | null {
  if (files['Cargo.toml'] !== undefined) return { source: 'Cargo.toml', test: 'cargo test', lint: null };
  if (files['go.mod'] !== undefined) return { source: 'go.mod', test: 'go test ./...', lint: null };
  if (files['pyproject.toml'] === undefined) return null;
  const runner =
    files['uv.lock'] !== undefined ? 'uv run ' : files['poetry.lock'] !== undefined ? 'poetry run ' : '';
  return { source: 'pyproject.toml', test: `${runner}pytest`, lint: null };
}

const JUSTFILES = ['justfile', 'Justfile', '.justfile'];
/** In the order in which make itself looks for them. */
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

/**
 * The gate: what the settings name, else what the first file of the project offers that has a `test` (its `lint` is
 * taken along). Test runs first, then lint. A test from the settings is taken without the project's lint, and a lint
 * from the settings goes before the project's. Null when there is neither. Pure; throws a {@link FindGateError} for a
 * package.json that cannot be read.
 */
export function findGate(
  files: ProjectFiles,
  settings: { readonly test: string | null; readonly lint: string | null },
): Gate | null {
  const found =
    settings.test === null
      ? (fromRunner('just', firstFile(files, JUSTFILES), justRecipes) ??
        fromRunner('make', firstFile(files, MAKEFILES), makeTargets) ??
        fromManifest(files) ??
        fromLanguage(files))
      : null;
  const commands = [
    { name: 'test', command: settings.test ?? found?.test },
    { name: 'lint', command: settings.lint ?? found?.lint },
  ].filter((command): command is GateCommand => typeof command.command === 'string');
  return commands.length === 0 ? null : { commands, source: found?.source ?? '.hew.toml' };
}

/** The files that {@link findGate} reads. */
export const GATE_FILES: readonly string[] = [
  ...JUSTFILES,
  ...MAKEFILES,
  'package.json',
  'Cargo.toml',
  'go.mod',
  'pyproject.toml',
];
