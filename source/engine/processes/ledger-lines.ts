import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { processIdentitySchema } from './process-identity.js';

const leaderSchema = z.object({ pid: z.int().positive(), started: z.string().nullable() });

/** One line of a run's `processes.jsonl`. */
export const ledgerLineSchema = z.discriminatedUnion('type', [
  /** A hew has begun to work on the run: everything up to the next such line was started by it. */
  z.object({ type: z.literal('opened'), hew: processIdentitySchema }),
  /** Its guardian. */
  z.object({ type: z.literal('guarded'), guardian: leaderSchema }),
  /** A set of processes was started. The leader's pid is the number of its group. */
  z.object({
    type: z.literal('started'),
    leader: leaderSchema,
    role: z.enum(['agent', 'gate', 'setup']),
    mark: z.string(),
    /** Null where it is no slot's, or no iteration's. */
    slot: z.int().nullable(),
    iteration: z.int().nullable(),
  }),
  /** Nothing of the set lives any more. */
  z.object({ type: z.literal('ended'), leader: leaderSchema }),
  /** Nothing of the run lives any more. */
  z.object({ type: z.literal('closed') }),
]);
export type LedgerLine = z.infer<typeof ledgerLineSchema>;

/** A line as it is written. Pure. */
export function ledgerText(line: LedgerLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads a ledger; none is one without lines. A line that cannot be read is passed over, since what the others name must
 * be ended all the same: what it told of is still found by its mark.
 */
export async function readLedger(path: string): Promise<readonly LedgerLine[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => ledgerLineSchema.safeParse(parseJson(line)).data ?? []);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
