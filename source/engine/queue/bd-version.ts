import { z } from 'zod';
import { bdPayload } from './bd-answer.js';

/** What hew must know of the bd at hand. */
export interface BdVersion {
  readonly text: string;
  /** From 1.3 on a claim carries a lease that others may let lapse, and a change can be guarded. */
  readonly guarded: boolean;
}

const answerSchema = z.object({ version: z.string().regex(/^v?\d+\.\d+/) });

/**
 * Reads what `bd version --json` printed; older ones know no `--json` there and print `bd version 0.9.1 (…)`. Null when
 * it tells no version. Pure.
 */
export function parseBdVersion(stdout: string): { readonly major: number; readonly minor: number } | null {
  const found = /(\d+)\.(\d+)/.exec(versionText(stdout) ?? '');
  return found ? { major: Number(found[1]), minor: Number(found[2]) } : null;
}

function versionText(stdout: string): string | null {
  try {
    return answerSchema.safeParse(bdPayload(stdout)).data?.version ?? null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return /^bd version (\S+)/.exec(stdout)?.[1] ?? null;
  }
}

/** What hew can do with the bd that printed this, or what is said of one that it cannot use. Pure. */
export function checkBdVersion(stdout: string): BdVersion | { readonly problem: string } {
  const version = parseBdVersion(stdout);
  if (!version)
    return {
      problem: 'The program "bd" tells no version: it may be another program. Install beads 1.0 or newer.',
    };
  const text = `${version.major}.${version.minor}`;
  // Before 1.0 a daemon wrote the database behind the commands, so that no claim could be relied on.
  if (version.major < 1)
    return { problem: `bd ${text} is too old: hew needs 1.0 or newer. Upgrade beads, or use --queue file.` };
  return { text, guarded: version.major > 1 || version.minor >= 3 };
}
