import { z } from 'zod';
import { plainText } from '../plain-text.js';

/** How a bd process has ended. */
export interface BdExit {
  readonly exit_code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What bd prints about a failure, wherever it puts it; `failed` tells of each issue that a command was to change. */
const failureSchema = z.object({
  error: z.string(),
  failed: z.array(z.object({ error: z.string() })).optional(),
});
const envelopeSchema = z.object({ data: z.unknown() });
const itemsSchema = z.object({ items: z.array(z.unknown()) });

/**
 * The payload of what bd printed with `--json`: versions print it bare, as `{"schema_version", "data"}` or as
 * `{"schema_version", "items"}`. Throws a SyntaxError for text that is not JSON. Pure.
 */
export function bdPayload(stdout: string): unknown {
  const value: unknown = JSON.parse(stdout);
  const envelope = envelopeSchema.safeParse(value);
  if (envelope.success) return envelope.data.data;
  const items = itemsSchema.safeParse(value);
  return items.success ? items.data.items : value;
}

/** bd's hints stand on the lines after what went wrong. */
const TOLD_LINES = 2;

/** What went wrong, in bd's own words and one line: from JSON on stdout, else JSON on stderr, else the text there. Pure. */
export function bdFailure({ exit_code, stdout, stderr }: BdExit): string {
  const told =
    failureIn(stdout) ??
    stderr
      .split('\n')
      .map(failureIn)
      .find((each) => each !== null);
  const words = told ?? (stderr.trim() || stdout.trim() || `it ended with ${exit_code}`);
  const lines = words.split('\n').map((line) => plainText(line).trim());
  const telling = lines.filter((line) => line !== '' && !/^(warning|Fix|Or): /.test(line));
  return (telling.length > 0 ? telling : lines)
    .slice(0, TOLD_LINES)
    .join(' ')
    .replace(/^Error:? /, '');
}

function failureIn(text: string): string | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const failure = failureSchema.safeParse(bdPayload(text));
    return failure.success ? (failure.data.failed?.[0]?.error ?? failure.data.error) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** bd's embedded database has one writer; these are the words with which its versions say that it is not their turn. */
const LOCKED =
  /exclusive lock|database is locked|database is read only|lock busy|already locked|held by another process|lock wait timeout|serialization failure/i;

/** Whether bd failed only since another bd was at work, so that the same command may succeed a moment later. Pure. */
export function isLocked(exit: BdExit): boolean {
  return exit.exit_code !== 0 && LOCKED.test(`${exit.stdout}\n${exit.stderr}`);
}

/** Whether a guard of the command did not hold and so nothing was written: 13 in bd's releases, 9 in one build. Pure. */
export function isGuardMismatch({ exit_code }: BdExit): boolean {
  return exit_code === 13 || exit_code === 9;
}
