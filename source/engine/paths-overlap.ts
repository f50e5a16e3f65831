/** Whether two changes touch the same path, or one a path that lies in what is a file to the other. Pure. */
export function pathsOverlap(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return liesIn(one, other) || liesIn(other, one);
}

function liesIn(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  for (const path of inner) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (outer.has(path.slice(0, end))) return true;
    }
  }
  return false;
}
