import { z } from 'zod';
import { taskIdSchema } from '../ids.js';
import { plainText } from '../plain-text.js';
import type { Memory } from '../ports.js';
import type { StoredTask } from './stored-task.js';

/** What a task without `created_at` is taken to be as old as. */
const UNKNOWN_AGE = '1970-01-01T00:00:00.000Z';

const time = z.iso.datetime({ offset: true, error: 'is not a time such as 2026-01-31T12:00:00Z' });
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const optionalTime = time.nullish().transform((value) => value ?? null);
const optionalText = text.transform((value) => (value === '' ? null : value));

/** Loose: a change to one dependency must not strip what hew does not know of the others. */
const dependencySchema = z.looseObject({
  issue_id: z.string().nullish(),
  depends_on_id: z.string().min(1),
  type: z
    .string()
    .nullish()
    .transform((value) => value ?? 'blocks'),
});

const recordSchema = z
  .object({
    id: taskIdSchema,
    title: z.string().min(1, 'is empty'),
    description: text,
    acceptance_criteria: text,
    status: text.transform((value) => (value === '' ? 'open' : value)),
    priority: z
      .int()
      .min(0)
      .max(4)
      .nullish()
      .transform((value) => value ?? 2),
    issue_type: text.transform((value) => (value === '' ? 'task' : value)),
    labels: z
      .array(z.string())
      .nullish()
      .transform((value) => value ?? []),
    assignee: optionalText,
    dependencies: z
      .array(dependencySchema)
      .nullish()
      .transform((value) => value ?? []),
    created_at: optionalTime.transform((value) => value ?? UNKNOWN_AGE),
    updated_at: optionalTime,
    closed_at: optionalTime,
    close_reason: optionalText,
    notes: text,
    pinned: z
      .boolean()
      .nullish()
      .transform((value) => value ?? false),
    defer_until: optionalTime,
  })
  .transform((record): StoredTask => ({
    ...record,
    updated_at: record.updated_at ?? record.created_at,
    dependencies: record.dependencies.map((dependency) => ({
      ...dependency,
      issue_id: dependency.issue_id ?? record.id,
    })),
    parent: record.dependencies.find(({ type }) => type === 'parent-child')?.depends_on_id ?? null,
  }));

/** What marks a line of a `bd export`: a header has `_schema`, everything else may say what it is. */
const markSchema = z.looseObject({
  _schema: z.unknown().optional(),
  _type: z.enum(['issue', 'memory'], { error: 'is neither "issue" nor "memory"' }).nullish(),
});

const memorySchema = z.object({ key: z.string().min(1, 'is empty'), value: z.string() });

/** What one line of the queue's file is: a task, a memory, something that is kept as it stands, or broken, and why. */
export type TaskLine =
  | { readonly kind: 'task'; readonly task: StoredTask }
  | { readonly kind: 'memory'; readonly memory: Memory }
  | { readonly kind: 'kept' }
  | { readonly kind: 'broken'; readonly reason: string };

function broken(error: z.ZodError): TaskLine {
  const issue = error.issues[0];
  const field = issue?.path.join('.');
  return { kind: 'broken', reason: [field, issue?.message].filter(Boolean).join(': ') };
}

/** Reads one line of the queue's file. Never throws: a line that cannot be read is `broken`. */
export function parseTaskLine(line: string): TaskLine {
  if (line.trim() === '') return { kind: 'kept' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return {
      kind: 'broken',
      reason: `is not JSON (${plainText(error instanceof Error ? error.message : String(error))})`,
    };
  }
  const mark = markSchema.safeParse(value);
  if (!mark.success) return broken(mark.error);
  if (mark.data._schema !== undefined) return { kind: 'kept' };
  if (mark.data._type === 'memory') {
    const memory = memorySchema.safeParse(value);
    return memory.success ? { kind: 'memory', memory: memory.data } : broken(memory.error);
  }
  const record = recordSchema.safeParse(value);
  return record.success ? { kind: 'task', task: record.data } : broken(record.error);
}

/** What a change sets; null leaves the field out of the line, as beads does with what is empty. */
export type TaskFields = { readonly [Name in Exclude<keyof StoredTask, 'parent'>]?: StoredTask[Name] | null };

/** What every Node from 22 on can do with JSON and TypeScript's library does not know yet. */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
}
const exactJson = JSON as unknown as ExactJson;

/** Numbers that JavaScript would round are carried over as they were written. */
function exactNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return JSON.stringify(value) === context.source ? value : exactJson.rawJSON(context.source);
}

/** The line of a memory, as a `bd export` writes it. */
export function memoryLine({ key, value }: Memory): string {
  return JSON.stringify({ _type: 'memory', key, value });
}

/** The line with these fields set; fields that hew does not know keep their values. The line must be a task's. */
export function changeTaskLine(line: string, fields: TaskFields): string {
  const before = exactJson.parse(line, exactNumber) as Readonly<Record<string, unknown>>;
  const after = Object.entries({ ...before, ...fields }).filter(
    ([name, value]) => !(name in fields && value === null),
  );
  return JSON.stringify(Object.fromEntries(after));
}
