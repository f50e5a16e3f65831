import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskIdSchema } from '../../../source/engine/ids.js';
import { idPrefix, nextTaskId } from '../../../source/engine/queue/task-ids.js';
import { queueOf, queues } from './stored-tasks.js';

describe('idPrefix', () => {
  it.each([
    ['My App', 'my-app'],
    ['größe.js', 'gro-e-js'],
    ['---', 'task'],
    ['', 'task'],
  ])('makes of %j %j', (folder, prefix) => {
    expect(idPrefix(folder)).toBe(prefix);
  });

  it('makes ids of any folder name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (folder) => {
        expect(taskIdSchema.safeParse(`${idPrefix(folder)}-1`).success).toBe(true);
      }),
    );
  });
});

describe('nextTaskId', () => {
  it('is free, and nobody waits for it', () => {
    fc.assert(
      fc.property(queues, (fields) => {
        const tasks = queueOf(...fields);
        const id = nextTaskId(tasks, 't');
        expect(tasks.has(id)).toBe(false);
        const waitedFor = [...tasks.values()].flatMap((task) =>
          task.dependencies.map((each) => each.depends_on_id),
        );
        expect(waitedFor).not.toContain(id);
      }),
    );
  });

  it('counts only numbers after its own prefix', () => {
    expect(
      nextTaskId(
        queueOf({ id: 'app-7' }, { id: 'app-x' }, { id: 'other-99' }, { id: `app-${'9'.repeat(30)}` }),
        'app',
      ),
    ).toBe('app-8');
  });
});
