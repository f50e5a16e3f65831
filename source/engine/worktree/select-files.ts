/** Every folder above a path, the nearest first, without the path itself. */
function* foldersAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    yield path.slice(0, end);
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

function escapeGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, (letter) => `\\${letter}`);
}

/** The patterns of gitignore that mean one path or glob of the settings: anchored, as a glob and to the letter. Pure. */
export function ignorePatterns(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const glob = `/${parts.join('/')}`;
  const literal = escapeGlob(glob);
  return literal === glob ? [glob] : [glob, literal];
}

/** The line of gitignore that means exactly this path, and what lies beneath it. Pure; the path has no line break. */
export function ignoreLine(path: string): string {
  return `/${escapeGlob(path)}`.replace(/ +$/, (spaces) => '\\ '.repeat(spaces.length));
}

/** The folders of a path or glob up to its first wildcard: nothing that it means lies elsewhere. Pure. */
export function literalLead(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const wild = parts.findIndex((part) => /[\\*?[]/.test(part));
  return parts.slice(0, wild === -1 ? undefined : wild).join('/');
}

/** The patterns of a file in gitignore's format, without comments and empty lines. Pure. */
export function patternLines(text: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\) +$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Whether a pattern of gitignore picks by a mere name, in whatever folder that is. Pure. */
export function isMereName(pattern: string): boolean {
  return (
    !pattern.startsWith('!') &&
    !pattern
      .replace(/^(\*\*\/)+/, '')
      .replace(/\/$/, '')
      .includes('/')
  );
}
