import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { RunFileError } from './run-file-error.js';

/** A field that an earlier hew may not have written: missing, it is null. */
export function orNull<Schema extends z.ZodType>(
  schema: Schema,
): z.ZodType<z.output<Schema> | null, z.input<Schema> | null | undefined> {
  return schema.nullish().transform((value) => value ?? null);
}

/**
 * Reads one of a run's JSON files by its schema. Throws a {@link RunFileError} that names the file, and the field when
 * one is wrong; `cause.code` is `ENOENT` when there is no such file.
 */
export async function readRecord<Output>(path: string, schema: z.ZodType<Output>): Promise<Output> {
  let value: unknown;
  try {
    // Synchronous: these files are small and many, and a thread for each costs several times as much as its reading.
    const bytes = readFileSync(path);
    // Bytes that are no text would be read as others.
    if (!isUtf8(bytes)) throw new SyntaxError('it is not UTF-8 text');
    value = JSON.parse(bytes.toString());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new RunFileError(path, null, `${what}: ${why}`, { cause: error });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const field = (issue?.path.join('.') ?? '') || null;
  throw new RunFileError(path, field, issue?.message ?? 'is not what it should be', { cause: read.error });
}
