/** Every folder above a path, the nearest first, without the path itself. */
function* foldersAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
}

/** Paths without slash at their end, and what lies above them. */
export class PathSet {
  readonly #paths = new Set<string>();
  readonly #folders = new Set<string>();

  constructor(paths: Iterable<string>) {
    for (const path of paths) this.add(path);
  }

  add(path: string): void {
    this.#paths.add(path);
    for (const folder of foldersAbove(path)) {
      // What lies above a folder that is known is known too.
      if (this.#folders.has(folder)) break;
      this.#folders.add(folder);
    }
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Whether a path of the set lies beneath this folder. */
  hasBeneath(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** Whether the path or a folder above it is in the set. */
  covers(path: string): boolean {
    if (this.#paths.has(path)) return true;
    for (const folder of foldersAbove(path)) if (this.#paths.has(folder)) return true;
    return false;
  }
}

/**
 * Reads what `git ls-files -z --directory` printed: a folder that matches as a whole is one entry. A folder that
 * stands there beside its own contents is dropped: git adds it where all files in it happen to match, and to take it
 * for a whole would hide from git whatever an agent adds to it. Pure.
 */
export function listedPaths(output: string): readonly string[] {
  const entries = output.split('\0').filter((entry) => entry !== '');
  const paths = new Set(entries.map((entry) => entry.replace(/\/+$/, '')));
  const all = new PathSet(paths);
  return [...paths].filter((path) => !all.hasBeneath(path));
}

/** What both lists name, where an entry stands for all that is beneath it. Sorted, none beneath another. Pure. */
export function inBoth(one: readonly string[], other: readonly string[]): readonly string[] {
  const [inOne, inOther] = [new PathSet(one), new PathSet(other)];
  const both = [...one.filter((path) => inOther.covers(path)), ...other.filter((path) => inOne.covers(path))];
  return withoutBeneath(both);
}

/** The paths without those that lie beneath another of them. Sorted. Pure. */
export function withoutBeneath(paths: readonly string[]): readonly string[] {
  const all = new PathSet(paths);
  return [...new Set(paths)]
    .filter((path) => ![...foldersAbove(path)].some((folder) => all.has(folder)))
    .sort();
}

/** The patterns of gitignore that mean one path or glob of the settings: anchored, as a glob and to the letter. Pure. */
export function ignorePatterns(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const glob = `/${parts.join('/')}`;
  const literal = glob.replaceAll(/[\\*?[\]]/g, (letter) => `\\${letter}`);
  return literal === glob ? [glob] : [glob, literal];
}
