/** The lockfile of each package manager of JavaScript, in the order in which they are looked for. */
const LOCKFILES = [
  ['npm', ['package-lock.json', 'npm-shrinkwrap.json']],
  ['pnpm', ['pnpm-lock.yaml']],
  ['yarn', ['yarn.lock']],
  ['bun', ['bun.lock', 'bun.lockb']],
] as const;

/** What installs and runs a project of JavaScript, and the lockfiles that say so. */
export interface PackageManager {
  readonly name: (typeof LOCKFILES)[number][0];
  /** Those that are there, at least one. */
  readonly lockfiles: readonly string[];
}

/** The package manager whose lockfile is among the names of the project's files; null when none is. Pure. */
export function packageManager(names: Iterable<string>): PackageManager | null {
  const there = new Set(names);
  for (const [name, candidates] of LOCKFILES) {
    const lockfiles = candidates.filter((lockfile) => there.has(lockfile));
    if (lockfiles.length > 0) return { name, lockfiles };
  }
  return null;
}
