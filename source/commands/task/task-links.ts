import { inOrder } from '../../engine/queue/readiness.js';
import type { StoredTask } from '../../engine/queue/stored-task.js';
import { taskState } from './task-state.js';

/** The other end of a dependency. Title and state are null when the queue has no such task. */
export interface TaskLink {
  readonly id: string;
  /** `blocks`, `parent-child` … */
  readonly type: string;
  readonly title: string | null;
  readonly state: string | null;
}

/** What a task depends on, and what depends on it. */
export interface TaskLinks {
  readonly depends_on: readonly TaskLink[];
  readonly dependents: readonly TaskLink[];
}

/** Finds both ends of a task's dependencies. Pure. */
export function taskLinks(task: StoredTask, tasks: ReadonlyMap<string, StoredTask>, now: Date): TaskLinks {
  const link = (id: string, type: string): TaskLink => {
    const other = tasks.get(id);
    return { id, type, title: other?.title ?? null, state: other ? taskState(other, tasks, now) : null };
  };
  return {
    depends_on: task.dependencies.map(({ depends_on_id, type }) => link(depends_on_id, type)),
    dependents: inOrder(tasks.values()).flatMap((other) =>
      other.dependencies
        .filter(({ depends_on_id }) => depends_on_id === task.id)
        .map(({ type }) => link(other.id, type)),
    ),
  };
}

/** The links as sections of lines: blockers, what is blocked, and links of other types. Pure. */
export function linkLines({ depends_on, dependents }: TaskLinks): readonly string[] {
  const others = [...depends_on, ...dependents].filter((link) => !isBlocking(link));
  return [
    ...section('Blocked by', depends_on.filter(isBlocking)),
    ...section('Blocks', dependents.filter(isBlocking)),
    ...section('Linked', others),
  ];
}

function isBlocking({ type }: TaskLink): boolean {
  return type === 'blocks';
}

function section(heading: string, links: readonly TaskLink[]): readonly string[] {
  if (links.length === 0) return [];
  const lines = links.map(({ id, type, title, state }) =>
    [`  ${id}`, ...(type === 'blocks' ? [] : [type]), state ?? 'is not in the queue', title ?? '']
      .join('  ')
      .trimEnd(),
  );
  return ['', heading, ...lines];
}
