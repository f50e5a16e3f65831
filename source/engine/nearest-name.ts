/** How many letters have to be changed, added, taken away or swapped with their neighbour to make one word of the other. */
function distance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          cost(last, column - 1) + (same ? 0 : 1),
          cost(last, column) + 1,
          cost(current, column - 1) + 1,
          swapped ? cost(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return cost(last, to.length);
}

function cost(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}

/** The candidate that was probably meant: the nearest, where no more than a third of its letters differ; else null. Pure. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  let nearest: { candidate: string; away: number } | null = null;
  for (const candidate of candidates) {
    const away = distance(name.toLowerCase(), candidate.toLowerCase());
    if (away > Math.max(1, Math.floor(candidate.length / 3))) continue;
    if (nearest === null || away < nearest.away) nearest = { candidate, away };
  }
  return nearest?.candidate ?? null;
}
