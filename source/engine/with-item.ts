import { isOwned, owning } from './owned-copies.js';

/** The list with one item more; the given one stays as it is, unless it is an owned copy. */
export function withItem<Item>(list: readonly Item[], item: Item): readonly Item[] {
  if (!isOwned(list)) return owning([...list, item]);
  (list as Item[]).push(item);
  return list;
}
