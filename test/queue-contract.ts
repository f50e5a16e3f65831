import { describe, expect, it } from 'vitest';
import { type TaskId, taskIdSchema } from '../source/engine/ids.js';
import { QueueError, type Task, type TaskQueue } from '../source/engine/ports.js';

const ME = 'hew/loop-20260101T000000Z-0a1b2c3d/w0';
const OTHER = 'hew/loop-20260101T000000Z-0a1b2c3d/w1';
const MISSING = taskIdSchema.parse('app-nothere');

/** A fresh queue, and how to be rid of it. */
export interface ContractQueue extends AsyncDisposable {
  readonly queue: TaskQueue;
}

/** What every queue behind the port promises, whatever it keeps its tasks in. */
export function queueContract(name: string, open: () => Promise<ContractQueue>): void {
  describe(`${name} keeps the contract of a queue`, () => {
    it('files a task with all its fields, whatever its texts look like', async () => {
      await using opened = await open();
      const { queue } = opened;
      const hostile = {
        title: '--title=-x "$(touch owned)" `id` \'; rm -rf . #',
        description: '-d\n$HOME "quoted" \\ back\n\n--all\ttab ü 漢字 🍵',
        acceptance_criteria: '--force; echo',
        issue_type: 'bug',
        priority: 0,
        labels: ['merge-conflict', 'x'],
      };
      const id = await queue.create(hostile);
      const shown = await existing(queue, id);
      expect({ ...shown, labels: [...shown.labels].sort() }).toMatchObject({
        ...hostile,
        id,
        status: 'open',
        assignee: null,
        parent: null,
        pinned: false,
        closed_at: null,
      });
      const listed = (await queue.list()).tasks.get(id);
      expect(listed).toEqual(shown);
      const plain = await queue.create({ title: '-' });
      expect(await existing(queue, plain)).toMatchObject({
        title: '-',
        priority: 2,
        issue_type: 'task',
        labels: [],
      });
    });

    it('shows nothing where there is no such task', async () => {
      await using opened = await open();
      await opened.queue.create({ title: 'One' });
      expect(await opened.queue.show(MISSING)).toBeNull();
      expect(await opened.queue.claim(MISSING, ME)).toMatchObject({ kind: 'lost' });
      expect(await opened.queue.close(MISSING, 'x')).toMatchObject({ kind: 'refused' });
      await expect(opened.queue.release(MISSING, {})).rejects.toThrow(QueueError);
      await expect(opened.queue.reopen(MISSING, {})).rejects.toThrow(QueueError);
    });

    it('calls ready what is open, nobody’s and not blocked, by priority', async () => {
      await using opened = await open();
      const { queue } = opened;
      const later = await queue.create({ title: 'Later', priority: 3 });
      const first = await queue.create({ title: 'First', priority: 1 });
      const blocked = await queue.create({ title: 'Blocked', priority: 0 });
      await queue.addDependency(blocked, first);
      expect(await queue.list()).toMatchObject({ ready: [first, later], left_out: [] });
      expect((await existing(queue, blocked)).dependencies).toMatchObject([
        { issue_id: blocked, depends_on_id: first, type: 'blocks' },
      ]);
      await queue.claim(later, ME);
      await queue.close(first, 'done');
      const { ready, tasks } = await queue.list();
      expect(ready).toEqual([blocked]);
      expect([...tasks.keys()].sort()).toEqual([blocked, first, later].sort());
    });

    it('gives a claim to one, and to that one again', async () => {
      await using opened = await open();
      const { queue } = opened;
      const id = await queue.create({ title: 'One' });
      expect(await queue.claim(id, ME)).toEqual({ kind: 'claimed' });
      expect(await existing(queue, id)).toMatchObject({ status: 'in_progress', assignee: ME });
      expect(await queue.claim(id, OTHER)).toEqual({ kind: 'lost', holder: ME });
      expect(await queue.claim(id, ME)).toEqual({ kind: 'claimed' });
      expect(await existing(queue, id)).toMatchObject({ status: 'in_progress', assignee: ME });
    });

    it('gives a task back with a note and labels, so that another can claim it', async () => {
      await using opened = await open();
      const { queue } = opened;
      const id = await queue.create({ title: 'One', labels: ['kept'] });
      await queue.claim(id, ME);
      await queue.addNote(id, '-first');
      await queue.release(id, { note: '--second\nof two lines', labels: ['hew-failed'] });
      const back = await existing(queue, id);
      expect(back).toMatchObject({ status: 'open', assignee: null, notes: '-first\n--second\nof two lines' });
      expect([...back.labels].sort()).toEqual(['hew-failed', 'kept']);
      expect(await queue.claim(id, OTHER)).toEqual({ kind: 'claimed' });
    });

    it('closes with a reason, once; what is blocked only by force', async () => {
      await using opened = await open();
      const { queue } = opened;
      const id = await queue.create({ title: 'One' });
      const bug = await queue.create({ title: 'Bug' });
      await queue.claim(id, ME);
      await queue.addDependency(id, bug);
      expect(await queue.close(id, 'merged')).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(bug) as unknown,
      });
      expect(await existing(queue, id)).toMatchObject({ status: 'in_progress', closed_at: null });
      expect(await queue.close(id, '-merged as 1234', { force: true })).toEqual({ kind: 'closed' });
      const closed = await existing(queue, id);
      expect(closed).toMatchObject({ status: 'closed', close_reason: '-merged as 1234' });
      expect(closed.closed_at).not.toBeNull();
      expect(await queue.close(id, 'again')).toEqual({ kind: 'closed' });
      expect(await existing(queue, id)).toMatchObject({ close_reason: '-merged as 1234' });
    });

    it('opens again what was closed, for nobody or for a worker', async () => {
      await using opened = await open();
      const { queue } = opened;
      const id = await queue.create({ title: 'One' });
      await queue.close(id, 'done');
      await queue.reopen(id, { note: 'not done' });
      expect(await existing(queue, id)).toMatchObject({
        status: 'open',
        assignee: null,
        closed_at: null,
        notes: 'not done',
      });
      await queue.reopen(id, { note: 'only a note' });
      expect(await existing(queue, id)).toMatchObject({ status: 'open', notes: 'not done\nonly a note' });
      await queue.close(id, 'done');
      await queue.reopen(id, { actor: ME });
      expect(await existing(queue, id)).toMatchObject({
        status: 'in_progress',
        assignee: ME,
        closed_at: null,
      });
      expect(await queue.close(id, 'done')).toEqual({ kind: 'closed' });
    });

    it('remembers by key, in the order of the keys', async () => {
      await using opened = await open();
      const { queue } = opened;
      await queue.create({ title: 'One' });
      expect(await queue.memories()).toEqual([]);
      await queue.remember('--use npm', 'b');
      await queue.remember('first', 'a');
      await queue.remember('STATUS:loop-iter-failed:x:1:2026-01-01T00:00:00Z', 'STATUS:x:1');
      await queue.remember('second "$(id)"', 'a');
      expect(await queue.memories()).toEqual([
        { key: 'STATUS:x:1', value: 'STATUS:loop-iter-failed:x:1:2026-01-01T00:00:00Z' },
        { key: 'a', value: 'second "$(id)"' },
        { key: 'b', value: '--use npm' },
      ]);
      await queue.remember('Use npm, not yarn');
      expect((await queue.memories()).find(({ value }) => value === 'Use npm, not yarn')?.key).toBe(
        'use-npm-not-yarn',
      );
      expect((await queue.list()).tasks.size).toBe(1);
    });
  });
}

async function existing(queue: TaskQueue, id: TaskId): Promise<Task> {
  const task = await queue.show(id);
  if (task === null) throw new Error(`there is no ${id}`);
  return task;
}
