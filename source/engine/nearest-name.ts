import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant: the nearest, where no more than a third of its letters differ; else null. Pure. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  let nearest: { readonly candidate: string; readonly away: number } | null = null;
  for (const candidate of candidates) {
    const away = distance(name.toLowerCase(), candidate.toLowerCase());
    if (away > Math.max(2, Math.floor(candidate.length / 3))) continue;
    if (nearest === null || away < nearest.away) nearest = { candidate, away };
  }
  return nearest?.candidate ?? null;
}
