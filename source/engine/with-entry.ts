import { isOwned, owning, ownsCopies } from './owned-copies.js';

/** Up to this size a copy costs no more than what is shared, and is simpler to hold on to. */
const COPIED_SIZE = 64;

/** What one version of the entries is: the newest has them; an older one knows what the next has changed. */
type Version<Key, Value> =
  | { readonly kind: 'newest'; readonly entries: Map<Key, Value> }
  | {
      readonly kind: 'older';
      readonly newer: SharedMap<Key, Value>;
      readonly key: Key;
      /** The entry as it was; null where the next version has added it. */
      readonly before: { readonly value: Value } | null;
    };

/**
 * A map that is never changed and shares its entries with the one that was made of it last: to add an entry costs the same
 * however many there are. An older version is read through what has changed since, so it should not be held for long.
 */
class SharedMap<Key, Value> implements ReadonlyMap<Key, Value> {
  #version: Version<Key, Value>;

  constructor(entries: Iterable<readonly [Key, Value]>) {
    this.#version = { kind: 'newest', entries: new Map(entries) };
  }

  with(key: Key, value: Value): SharedMap<Key, Value> {
    const entries = this.#entries();
    const known = entries.get(key);
    const before = known === undefined && !entries.has(key) ? null : { value: known as Value };
    const newer = new SharedMap<Key, Value>([]);
    newer.#version = { kind: 'newest', entries: entries.set(key, value) };
    this.#version = { kind: 'older', newer, key, before };
    return newer;
  }

  get(key: Key): Value | undefined {
    let version = this.#version;
    while (version.kind === 'older') {
      if (version.key === key) return version.before?.value;
      version = version.newer.#version;
    }
    return version.entries.get(key);
  }

  has(key: Key): boolean {
    let version = this.#version;
    while (version.kind === 'older') {
      if (version.key === key) return version.before !== null;
      version = version.newer.#version;
    }
    return version.entries.has(key);
  }

  get size(): number {
    return this.#entries().size;
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#entries().entries();
  }

  keys(): MapIterator<Key> {
    return this.#entries().keys();
  }

  values(): MapIterator<Value> {
    return this.#entries().values();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  forEach(tell: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.#entries()) tell(value, key, this);
  }

  /** All entries of this version; an older one is given a copy of its own first. */
  #entries(): Map<Key, Value> {
    const changes: Extract<Version<Key, Value>, { kind: 'older' }>[] = [];
    let version = this.#version;
    while (version.kind === 'older') {
      changes.push(version);
      version = version.newer.#version;
    }
    if (changes.length === 0) return version.entries;
    const entries = new Map(version.entries);
    for (const { key, before } of changes.toReversed()) {
      if (before === null) entries.delete(key);
      else entries.set(key, before.value);
    }
    this.#version = { kind: 'newest', entries };
    return entries;
  }
}

/**
 * The map with one entry more or changed; the given one stays as it is, unless it is an owned copy. New entries come last. Unlike a copy it costs the
 * same for ten entries as for ten thousand, as a run of one night may have.
 */
export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  if (isOwned(map)) return (map as Map<Key, Value>).set(key, value);
  if (ownsCopies()) return owning(new Map(map).set(key, value));
  if (map.size < COPIED_SIZE) return new Map(map).set(key, value);
  return (map instanceof SharedMap ? (map as SharedMap<Key, Value>) : new SharedMap(map)).with(key, value);
}
