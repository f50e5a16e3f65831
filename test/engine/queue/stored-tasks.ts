import * as fc from 'fast-check';
import { type TaskId, taskIdSchema } from '../../../source/engine/ids.js';
import type { StoredTask } from '../../../source/engine/queue/stored-task.js';
import { parseTaskLine } from '../../../source/engine/queue/task-record.js';

/** A time that is in the middle of those that {@link queues} makes. */
export const NOW = new Date('2026-06-01T00:00:00.000Z');

/** A task as it would be read from a line with these fields. */
export function storedTask(fields: Readonly<Record<string, unknown>>): StoredTask {
  const parsed = parseTaskLine(JSON.stringify({ title: 'A task', ...fields }));
  if (parsed.kind !== 'task') throw new Error(JSON.stringify(parsed));
  return parsed.task;
}

/** The tasks of a queue by id. */
export function queueOf(
  ...tasks: readonly Readonly<Record<string, unknown>>[]
): ReadonlyMap<TaskId, StoredTask> {
  return new Map(tasks.map(storedTask).map((task) => [task.id, task]));
}

export function taskId(text: string): TaskId {
  return taskIdSchema.parse(text);
}

const time = fc
  .integer({ min: Date.parse('2026-01-01'), max: Date.parse('2026-12-31') })
  .map((milliseconds) => new Date(milliseconds).toISOString());
const id = fc.integer({ min: 1, max: 9 }).map((number) => `t-${number}`);
const dependency = fc.record({
  depends_on_id: id,
  type: fc.constantFrom('blocks', 'blocks', 'parent-child', 'related'),
});

/** The fields of a few tasks that block, claim and put each other off in every way, circles included. */
export const queues = fc.uniqueArray(
  fc.record(
    {
      id,
      title: fc.constant('A task'),
      status: fc.constantFrom(
        'open',
        'open',
        'open',
        'in_progress',
        'blocked',
        'deferred',
        'closed',
        'hooked',
      ),
      priority: fc.integer({ min: 0, max: 4 }),
      assignee: fc.constantFrom('', 'somebody'),
      dependencies: fc.array(dependency, { maxLength: 3 }),
      created_at: time,
      defer_until: time,
    },
    { requiredKeys: ['id', 'title'] },
  ),
  { selector: (task) => task.id, maxLength: 9 },
);
