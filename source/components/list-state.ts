/** Where one is in a list: the selected row, and the first that is on the screen. */
export interface ListPlace {
  readonly selected: number;
  readonly first: number;
}

/** How long a list is, and how many of its rows are on the screen at once. */
export interface ListSize {
  readonly count: number;
  readonly page: number;
}

/** A list that is on the screen in place of the slots. */
export interface ListState extends ListPlace {
  readonly kind: 'worktrees' | 'queue' | 'merges';
  /** Paths of the worktrees of which it is asked whether they are to be removed; null while nothing is asked. */
  readonly asked: readonly string[] | null;
}

/** A list as it is opened. */
export function openedList(kind: ListState['kind']): ListState {
  return { kind, selected: 0, first: 0, asked: null };
}

/** The heading and that of the columns above; below, what the selected row is, what the last key has led to, and the keys. */
const OTHER_LINES = 7;

/** How many rows of a list are on a screen at once. Pure. */
export function listPage(rows: number): number {
  return Math.max(1, rows - OTHER_LINES);
}

/** The place within a list that may have become shorter, with the selected row on the screen. Pure. */
export function keepInList({ selected, first }: ListPlace, { count, page }: ListSize): ListPlace {
  const row = Math.max(0, Math.min(selected, count - 1));
  const lowest = Math.max(0, Math.min(row, count - page));
  return { selected: row, first: Math.max(row - page + 1, Math.min(first, lowest)) };
}

/** The place after a key; null when the key does not move in a list. Pure. */
export function moveInList(key: string, place: ListPlace, size: ListSize): ListPlace | null {
  const selected = movedTo(key, place.selected, size);
  return selected === null ? null : keepInList({ ...place, selected }, size);
}

function movedTo(key: string, selected: number, { count, page }: ListSize): number | null {
  switch (key) {
    case 'up':
    case 'k':
      return selected - 1;
    case 'down':
    case 'j':
      return selected + 1;
    case 'page up':
    case 'b':
      return selected - page;
    case 'page down':
    case ' ':
      return selected + page;
    case 'home':
    case 'g':
      return 0;
    case 'end':
    case 'G':
      return count - 1;
    default:
      return null;
  }
}
