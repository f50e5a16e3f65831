import type { StoredTask } from './stored-task.js';

/**
 * The circle that would close if `blocker` blocked `id`: the ids from `blocker` along what blocks it up to `id`, or
 * null when there is none. Pure.
 */
export function blockingCycle(
  tasks: ReadonlyMap<string, StoredTask>,
  id: string,
  blocker: string,
): readonly string[] | null {
  const reachedFrom = new Map<string, string | null>([[blocker, null]]);
  for (const current of reachedFrom.keys()) {
    if (current === id) return pathTo(id, reachedFrom);
    for (const { type, depends_on_id } of tasks.get(current)?.dependencies ?? []) {
      if (type === 'blocks' && !reachedFrom.has(depends_on_id)) reachedFrom.set(depends_on_id, current);
    }
  }
  return null;
}

function pathTo(id: string, reachedFrom: ReadonlyMap<string, string | null>): readonly string[] {
  const path: string[] = [];
  for (let current: string | null = id; current !== null; current = reachedFrom.get(current) ?? null)
    path.unshift(current);
  return path;
}
