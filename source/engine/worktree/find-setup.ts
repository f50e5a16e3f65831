import { packageManager } from '../package-manager.js';

/** A command that makes a fresh worktree usable. */
export interface SetupStep {
  /** A command line for a shell. */
  readonly command: string;
  /** Names of the lockfiles that it depends on: it is run again when one of them has changed. */
  readonly depends_on: readonly string[];
}

/** What is decided from. */
export interface SetupFacts {
  /** Names of the files in the worktree's top folder. */
  readonly files: Iterable<string>;
  /** `[worktree] setup`: a command line, false for none, null where it is to be found from the lockfiles. */
  readonly configured: string | false | null;
  /** Paths of the worktree that are links into home. */
  readonly linked: readonly string[];
}

/** Everything that a setup may depend on. */
const LOCKFILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  'uv.lock',
  'poetry.lock',
  'Gemfile.lock',
  'Cargo.lock',
  'go.sum',
];

function javaScriptStep(there: ReadonlySet<string>): SetupStep | null {
  const manager = packageManager(there);
  if (manager === null) return null;
  switch (manager.name) {
    case 'npm':
      return { command: 'npm ci', depends_on: manager.lockfiles };
    case 'yarn':
      // Berry knows no --frozen-lockfile, classic no --immutable; only Berry has a .yarnrc.yml.
      return {
        command: there.has('.yarnrc.yml') ? 'yarn install --immutable' : 'yarn install --frozen-lockfile',
        depends_on: manager.lockfiles,
      };
    case 'pnpm':
    case 'bun':
      return { command: `${manager.name} install --frozen-lockfile`, depends_on: manager.lockfiles };
  }
}

function pythonStep(there: ReadonlySet<string>): SetupStep | null {
  // Frozen, as with the others: a setup that wrote the lockfile anew would have it committed with the agent's work.
  if (there.has('uv.lock')) return { command: 'uv sync --frozen', depends_on: ['uv.lock'] };
  if (there.has('poetry.lock')) return { command: 'poetry install', depends_on: ['poetry.lock'] };
  return null;
}

/**
 * The setup of a worktree, in the order in which it runs: the configured command, else one a language as its lockfile
 * says. A found step that would install into a folder that is linked from home is left out: `npm ci` empties
 * node_modules before it fills it, and through the link that would be the user's own. Pure.
 */
export function findSetup(facts: SetupFacts): readonly SetupStep[] {
  if (facts.configured === false) return [];
  const there = new Set(facts.files);
  if (facts.configured !== null) {
    return [{ command: facts.configured, depends_on: LOCKFILES.filter((lockfile) => there.has(lockfile)) }];
  }
  const linked = new Set(facts.linked.flatMap((path) => path.split('/')));
  const found: readonly (SetupStep | null)[] = [
    linked.has('node_modules') ? null : javaScriptStep(there),
    linked.has('.venv') ? null : pythonStep(there),
    there.has('Gemfile.lock') && !linked.has('vendor')
      ? { command: 'bundle install', depends_on: ['Gemfile.lock'] }
      : null,
    there.has('Cargo.lock') ? { command: 'cargo fetch --locked', depends_on: ['Cargo.lock'] } : null,
  ];
  return found.filter((step) => step !== null);
}
