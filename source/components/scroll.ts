/** What is scrolled: how many lines there are, how many are on the screen, and the first of those. */
export interface Scrolled {
  readonly lines: number;
  readonly page: number;
  readonly first: number;
}

/** The first line after a key; null when the key does not scroll, or all is on the screen anyway. Pure. */
export function scrollBy(key: string, { lines, page, first }: Scrolled): number | null {
  const last = Math.max(0, lines - page);
  if (last === 0) return null;
  const next = scrolledTo(key, first, page, last);
  return next === null ? null : Math.min(last, Math.max(0, next));
}

function scrolledTo(key: string, first: number, page: number, last: number): number | null {
  switch (key) {
    case 'up':
    case 'k':
      return first - 1;
    case 'down':
    case 'j':
      return first + 1;
    case 'page up':
      return first - page;
    case 'page down':
    case ' ':
      return first + page;
    case 'home':
    case 'g':
      return 0;
    case 'end':
    case 'G':
      return last;
    default:
      return null;
  }
}
