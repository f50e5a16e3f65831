import { execa } from 'execa';

/** One `GIT_CONFIG_KEY_n` with its value. */
export type ConfigEntry = readonly [key: string, value: string];

/** The environments that a run starts its programs with: nothing is inherited beside them. */
export interface Environments {
  /** For hew's own git: no hooks, no file system monitor, no optional locks. */
  readonly hew: Readonly<Record<string, string>>;
  /** For the agents, and so for the git that they call: the repository's hooks run for them. */
  readonly agent: Readonly<Record<string, string>>;
  /** For the gate and for setup: what the user has, less what would lead git astray. */
  readonly gate: Readonly<Record<string, string>>;
}

export interface EnvironmentOptions {
  /** The environment that hew was started with. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** The variables that `git rev-parse --local-env-vars` names. */
  readonly local_variables: readonly string[];
  /** The run's worktree folder: git must not look for a repository above it. */
  readonly ceiling: string;
  /** The file for core.excludesFile, or null to leave the user's. */
  readonly excludes_file: string | null;
  /** Whether the user has set a name and an address for commits. */
  readonly has_name: boolean;
  readonly has_email: boolean;
}

/** The variables that bind git to one repository, as this git names them. */
export async function localVariables(): Promise<string[]> {
  const { stdout } = await execa('git', ['rev-parse', '--local-env-vars']);
  return stdout.split('\n').filter((name) => name !== '');
}

/** Leaves out the variables that would turn `git -C <worktree>` against another repository. Pure. */
export function withoutLocalVariables(
  inherited: Readonly<Record<string, string | undefined>>,
  local: readonly string[],
): Record<string, string> {
  const bound = new Set(local);
  const kept = Object.entries(inherited).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !bound.has(entry[0]) && !/^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(entry[0]),
  );
  return Object.fromEntries(kept);
}

/**
 * The environment that hew was started with, bound to no repository. What the user gave through `GIT_CONFIG_COUNT` stays:
 * git counts it among what binds, although it is what CI sets identities and trusted folders with.
 */
export async function unboundEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const unbound = withoutLocalVariables(inherited, await localVariables());
  return { ...unbound, ...configVariables(inheritedConfig(inherited)) };
}

/** The entries that the user gave through `GIT_CONFIG_COUNT`; a broken list counts as empty. Pure. */
export function inheritedConfig(inherited: Readonly<Record<string, string | undefined>>): ConfigEntry[] {
  const count = Number(inherited['GIT_CONFIG_COUNT'] ?? '0');
  if (!Number.isInteger(count) || count < 0 || count > 1000) return [];
  return Array.from({ length: count }, (_, index) => index).flatMap((index): ConfigEntry[] => {
    const key = inherited[`GIT_CONFIG_KEY_${index}`];
    const value = inherited[`GIT_CONFIG_VALUE_${index}`];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
}

/** Writes config entries as the variables that git reads. Pure. */
export function configVariables(entries: readonly ConfigEntry[]): Record<string, string> {
  if (entries.length === 0) return {};
  const pairs = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(pairs) };
}

/** They change what hew's own commands mean: how paths are matched, and whether refs may be written. */
const MISLEADING = [
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_QUARANTINE_PATH',
];

/** What hew's own git does not take from the user's configuration, since it would change what hew's commands do. */
const HEW_CONFIG: readonly ConfigEntry[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  // A reset in a worktree fails with it, since a new worktree has no submodules yet.
  ['submodule.recurse', 'false'],
  // It would have `worktree add` write to the repository's config file.
  ['worktree.useRelativePaths', 'false'],
  // Messages go in and come out as UTF-8.
  ['i18n.commitEncoding', 'UTF-8'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  // An agent's git may hold the lock of packed-refs for longer than the second or less that git waits.
  ['core.filesRefLockTimeout', '5000'],
  ['core.packedRefsTimeout', '5000'],
];

/** The three environments of a run (LOOP.md §2). Pure; no config file is ever written. */
export function environments(options: EnvironmentOptions): Environments {
  const base = {
    ...withoutLocalVariables(options.inherited, options.local_variables),
    GIT_CEILING_DIRECTORIES: options.ceiling,
  };
  const own = inheritedConfig(options.inherited);
  // What comes later wins, so an identity that was given through the environment must not be followed by hew's.
  const gives = (name: string): boolean =>
    own.some(([key, value]) => key.toLowerCase() === name && value !== '');
  const shared: ConfigEntry[] = [
    ...own,
    ['gc.auto', '0'],
    ['commit.gpgsign', 'false'],
    ...(options.excludes_file === null ? [] : ([['core.excludesFile', options.excludes_file]] as const)),
    ...(options.has_name || gives('user.name') ? [] : ([['user.name', 'hew']] as const)),
    ...(options.has_email || gives('user.email') ? [] : ([['user.email', 'hew@localhost']] as const)),
  ];
  const unattended = {
    // Git would ask it, and wait for the user, before it asks GIT_EDITOR.
    ...withoutLocalVariables(base, ['GIT_SEQUENCE_EDITOR']),
    GIT_EDITOR: 'true',
    GIT_TERMINAL_PROMPT: '0',
  };
  return {
    gate: { ...base, ...configVariables(own) },
    agent: { ...unattended, ...configVariables(shared) },
    hew: {
      ...withoutLocalVariables(unattended, MISLEADING),
      GIT_OPTIONAL_LOCKS: '0',
      ...configVariables([...shared, ...HEW_CONFIG]),
    },
  };
}

/** Whether a name and an address for commits are set, by config or by the environment, as home sees them. */
export async function findIdentity(
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<{ has_name: boolean; has_email: boolean }> {
  const get = ['config', '--null', '--get-regexp', String.raw`^user\.(name|email)$`];
  const { stdout } = await execa('git', get, { cwd: home, env, extendEnv: false, reject: false });
  // What is set more than once counts as it is set last; each entry is its key, a line break, its value.
  const values = new Map(
    stdout.split('\0').map((entry) => {
      const [key = '', value = ''] = entry.split('\n');
      return [key, value];
    }),
  );
  const isSet = (key: string): boolean => Boolean(values.get(key));
  const both = (suffix: string): boolean =>
    Boolean(env[`GIT_AUTHOR_${suffix}`] && env[`GIT_COMMITTER_${suffix}`]);
  return {
    has_name: both('NAME') || isSet('user.name'),
    has_email: both('EMAIL') || Boolean(env['EMAIL']) || isSet('user.email'),
  };
}
