import type { TaskId } from '../ids.js';
import type { ClaimResult, CloseResult, Memory, NewTask, QueueListing, TaskQueue } from '../ports.js';
import type { QueueDocument } from './queue-document.js';
import { setFields, setMemory } from './queue-document.js';
import { QueueFile } from './queue-file.js';
import { nextReturn, readyTasks } from './readiness.js';
import type { StoredTask } from './stored-task.js';
import {
  addBlocker,
  addParent,
  decideClaim,
  decideClose,
  noteFields,
  type Decision,
  releaseFields,
  removeBlocker,
  reopenFields,
  requireTask,
  type TaskUpdate,
  updateFields,
} from './task-changes.js';
import { memoryKey, nextTaskId } from './task-ids.js';
import type { TaskFields } from './task-record.js';

export interface FileQueueOptions {
  /** The file, absolute: `<project>/.hew/tasks.jsonl`. */
  readonly path: string;
  /** What the ids of new tasks begin with: see `idPrefix`. */
  readonly prefix: string;
  /** What time it is; the machine's clock when left out. */
  readonly now?: () => Date;
}

/** A task to file, together with what blocks it from the first moment on. */
export interface FiledTask extends NewTask {
  readonly blocked_by?: readonly TaskId[];
  /** The epic or task that it is a part of. */
  readonly parent?: TaskId;
}

/** One look at the embedded queue. */
export interface FileListing extends QueueListing {
  readonly tasks: ReadonlyMap<TaskId, StoredTask>;
}

type Tasks = FileListing['tasks'];

/**
 * The embedded queue: one line of JSON a task, with beads' field names. Any number of processes may use it at once; a
 * task is claimed by one of them. Fields and lines that hew does not know are kept. Every method throws a `QueueError`
 * that names path, line and field when a line is broken, and then has changed nothing.
 */
export class FileQueue implements TaskQueue {
  readonly kind = 'file';
  readonly #file: QueueFile;
  readonly #prefix: string;
  readonly #now: () => Date;
  #ready: { document: QueueDocument; from: number; until: number; ids: readonly TaskId[] } | null = null;

  constructor(options: FileQueueOptions) {
    this.#file = new QueueFile(options.path);
    this.#prefix = options.prefix;
    this.#now = options.now ?? (() => new Date());
  }

  /** Cheap while nothing has changed. Throws when there is no file yet, naming the command that makes it. */
  async list(): Promise<FileListing> {
    const document = await this.#file.read();
    return { tasks: document.tasks, ready: this.#readyIn(document), left_out: [] };
  }

  async show(id: TaskId): Promise<StoredTask | null> {
    const { tasks } = await this.#file.read();
    return tasks.get(id) ?? null;
  }

  /** Takes a task that is ready; of several processes that ask at once, one gets it. */
  claim(id: TaskId, actor: string): Promise<ClaimResult> {
    return this.#decide(id, (tasks, now) => decideClaim(tasks, id, actor, now));
  }

  /** Refused while something open blocks the task, unless forced. A task that is closed already stays as it is. */
  close(id: TaskId, reason: string, options: { readonly force?: boolean } = {}): Promise<CloseResult> {
    const force = options.force ?? false;
    return this.#decide(id, (tasks, now) => decideClose(tasks, id, { reason, force, now }));
  }

  release(
    id: TaskId,
    change: { readonly note?: string; readonly labels?: readonly string[] },
  ): Promise<void> {
    return this.#set(id, (tasks) => releaseFields(requireTask(tasks, id), change));
  }

  reopen(id: TaskId, change: { readonly note?: string; readonly actor?: string }): Promise<void> {
    return this.#set(id, (tasks) => reopenFields(requireTask(tasks, id), change));
  }

  /** Sets what is given and leaves the rest. Throws a `QueueError` for the status `closed`. */
  update(id: TaskId, update: TaskUpdate): Promise<void> {
    return this.#set(id, (tasks) => updateFields(requireTask(tasks, id), update));
  }

  /** Throws a `QueueError` when one of the two does not exist or the blocker waits for the task itself. */
  addDependency(id: TaskId, blocker: TaskId): Promise<void> {
    return this.#set(id, (tasks, now) => addBlocker(tasks, id, blocker, now));
  }

  addNote(id: TaskId, note: string): Promise<void> {
    return this.#set(id, (tasks) => noteFields(requireTask(tasks, id), note));
  }

  /** Without a key the text's own words make one. Makes the file when it is missing. */
  remember(text: string, key: string = memoryKey(text)): Promise<void> {
    return this.#file.changeOrMake((document) => ({
      answer: undefined,
      document: document.memories.get(key)?.value === text ? null : setMemory(document, { key, value: text }),
    }));
  }

  async memories(): Promise<readonly Memory[]> {
    const { memories } = await this.#file.read();
    return [...memories].map(([key, { value }]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** From now on `blocker` no longer blocks `id`. Throws a `QueueError` when it did not. */
  removeDependency(id: TaskId, blocker: TaskId): Promise<void> {
    return this.#set(id, (tasks) => removeBlocker(requireTask(tasks, id), blocker));
  }

  /** Files a task and what blocks it in one step: nobody can claim it in between. Makes the file when it is missing. */
  create(task: FiledTask): Promise<TaskId> {
    return this.#file.changeOrMake((document) => {
      const now = this.#now();
      const id = nextTaskId(document.tasks, this.#prefix);
      let filed = setFields(document, id, { id, ...newTaskFields(task, now) });
      if (task.parent !== undefined)
        filed = setFields(filed, id, addParent(filed.tasks, id, task.parent, now));
      for (const blocker of task.blocked_by ?? []) {
        const fields = addBlocker(filed.tasks, id, blocker, now);
        if (fields) filed = setFields(filed, id, fields);
      }
      return { answer: id, document: filed };
    });
  }

  #set(id: TaskId, fields: (tasks: Tasks, now: Date) => TaskFields | null): Promise<void> {
    return this.#decide(id, (tasks, now) => ({ answer: undefined, fields: fields(tasks, now) }));
  }

  #decide<Answer>(id: TaskId, decide: (tasks: Tasks, now: Date) => Decision<Answer>): Promise<Answer> {
    return this.#file.change((document) => {
      const now = this.#now();
      const { answer, fields } = decide(document.tasks, now);
      if (fields === null) return { answer, document: null };
      return { answer, document: setFields(document, id, { ...fields, updated_at: now.toISOString() }) };
    });
  }

  /** The same document has the same ready tasks until one that was put off comes back. */
  #readyIn(document: QueueDocument): readonly TaskId[] {
    const now = this.#now();
    const time = now.getTime();
    const last = this.#ready;
    if (last?.document === document && time >= last.from && time < last.until) return last.ids;
    const ids = readyTasks(document.tasks, now);
    this.#ready = { document, from: time, until: nextReturn(document.tasks, now), ids };
    return ids;
  }
}

function newTaskFields(task: NewTask, now: Date): TaskFields {
  const time = now.toISOString();
  return {
    title: task.title,
    description: task.description || null,
    acceptance_criteria: task.acceptance_criteria || null,
    status: 'open',
    priority: task.priority ?? 2,
    issue_type: task.issue_type ?? 'task',
    labels: task.labels?.length ? [...new Set(task.labels)] : null,
    created_at: time,
    updated_at: time,
  };
}
