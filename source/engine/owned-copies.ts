let owned: WeakSet<object> | null = null;

/**
 * Runs `work`, which sees nothing of the states between its first and its last: what it has copied once it changes in place
 * from then on, until it returns. So many events cost no more copies of long lists and maps than one. With the `copies` of
 * work before, it goes on changing those: nobody else may have seen them.
 */
export function withOwnedCopies<Result>(work: () => Result, copies = new WeakSet<object>()): Result {
  const before = owned;
  owned ??= copies;
  try {
    return work();
  } finally {
    owned = before;
  }
}

/** Whether copies are owned just now. */
export function ownsCopies(): boolean {
  return owned !== null;
}

/** Whether this is such a copy, which may be changed. */
export function isOwned(copy: object): boolean {
  return owned?.has(copy) ?? false;
}

/** Notes that nobody else has this copy, and returns it. */
export function owning<Copy extends object>(copy: Copy): Copy {
  owned?.add(copy);
  return copy;
}
