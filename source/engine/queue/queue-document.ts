import { isUtf8 } from 'node:buffer';
import type { TaskId } from '../ids.js';
import { type Memory, QueueError } from '../ports.js';
import type { StoredTask } from './stored-task.js';
import { changeTaskLine, memoryLine, parseTaskLine, type TaskFields } from './task-record.js';

/** How many broken lines one message names. */
const NAMED_PROBLEMS = 5;

/** The queue's file, read: every line as it stands, and the tasks among them. */
export interface QueueDocument {
  readonly lines: readonly string[];
  readonly tasks: ReadonlyMap<TaskId, StoredTask>;
  /** Where in `lines` each task stands. */
  readonly places: ReadonlyMap<TaskId, number>;
  /** What is remembered, by key, and where in `lines` each stands; of two with one key the later one holds. */
  readonly memories: ReadonlyMap<string, { readonly value: string; readonly place: number }>;
}

/** A queue without tasks. */
export const EMPTY_DOCUMENT: QueueDocument = {
  lines: [],
  tasks: new Map(),
  places: new Map(),
  memories: new Map(),
};

/** Reads the file's bytes. Throws a {@link QueueError} that names the path, every broken line's number and its field. */
export function parseDocument(bytes: Uint8Array, path: string): QueueDocument {
  const encoded = splitLines(bytes);
  const lines: string[] = [];
  const tasks = new Map<TaskId, StoredTask>();
  const places = new Map<TaskId, number>();
  const memories = new Map<string, { readonly value: string; readonly place: number }>();
  const problems: string[] = [];
  for (const [index, content] of encoded.entries()) {
    const problem = (reason: string): void => void problems.push(`line ${index + 1}: ${reason}`);
    // A byte that is not UTF-8 would come back as another one when the file is written again.
    if (!isUtf8(content)) problem('is not UTF-8 text');
    const line = content.toString('utf8');
    lines.push(line);
    const parsed = parseTaskLine(line);
    if (parsed.kind === 'broken' && isUtf8(content)) problem(parsed.reason);
    if (parsed.kind === 'memory')
      memories.set(parsed.memory.key, { value: parsed.memory.value, place: index });
    if (parsed.kind !== 'task') continue;
    const { task } = parsed;
    const earlier = places.get(task.id);
    if (earlier !== undefined) problem(`id: ${task.id} stands on line ${earlier + 1} already`);
    tasks.set(task.id, task);
    places.set(task.id, index);
  }
  if (problems.length > 0) throw brokenFile(path, problems);
  return { lines, tasks, places, memories };
}

function splitLines(bytes: Uint8Array): readonly Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Buffer[] = [];
  for (let start = 0; start < buffer.length;) {
    const newline = buffer.indexOf(0x0a, start);
    const end = newline === -1 ? buffer.length : newline;
    lines.push(buffer.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function brokenFile(path: string, problems: readonly string[]): QueueError {
  const more = problems.length - NAMED_PROBLEMS;
  const named = problems.slice(0, NAMED_PROBLEMS).join('; ') + (more > 0 ? `; and ${more} more` : '');
  return new QueueError(
    `${path}: ${named}.\nNothing was changed. Mend or remove what is broken there, then try again.`,
  );
}

/** The bytes that {@link parseDocument} reads the same document from. */
export function serialiseDocument(document: QueueDocument): Buffer {
  return Buffer.from(document.lines.map((line) => `${line}\n`).join(''), 'utf8');
}

/**
 * The document with these fields of a task set, or with a new task at its end. Throws a {@link QueueError} when the
 * line could not be read again: nothing that hew writes may break the file.
 */
export function setFields(document: QueueDocument, id: TaskId, fields: TaskFields): QueueDocument {
  const place = document.places.get(id) ?? document.lines.length;
  const line = changeTaskLine(document.lines[place] ?? '{}', { ...fields, id });
  const parsed = parseTaskLine(line);
  if (parsed.kind !== 'task') {
    const reason = parsed.kind === 'broken' ? parsed.reason : 'is not a task';
    throw new QueueError(`${id} cannot be written so: ${reason}. Nothing was changed.`);
  }
  const lines = [...document.lines];
  lines[place] = line;
  return {
    ...document,
    lines,
    tasks: new Map(document.tasks).set(id, parsed.task),
    places: new Map(document.places).set(id, place),
  };
}

/** The document with this remembered, in place of what the key held. */
export function setMemory(document: QueueDocument, memory: Memory): QueueDocument {
  const { key, value } = memory;
  const place = document.memories.get(key)?.place ?? document.lines.length;
  const lines = [...document.lines];
  lines[place] = memoryLine(memory);
  return { ...document, lines, memories: new Map(document.memories).set(key, { value, place }) };
}
