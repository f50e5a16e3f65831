import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { AgentUsage } from '../ports.js';
import { readerOf } from './reader-of.js';

/**
 * Reads again what an agent has used, from its raw output: what was told before hew ended in the middle of it. A log
 * that is missing tells nothing. Rejects when one cannot be read.
 */
export async function readUsage(log: string, runtime: string): Promise<AgentUsage> {
  const stream = readerOf(runtime);
  for (const path of await partsOf(log)) {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    for await (const line of lines) stream.read(line);
  }
  return stream.usage;
}

/** A log that was not ended is its head and up to two stretches beside it, the one that was written last being newer. */
async function partsOf(log: string): Promise<string[]> {
  const parts: { readonly path: string; readonly at: number }[] = [];
  for (const suffix of ['', '.tail-0', '.tail-1']) {
    const found = await stat(`${log}${suffix}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (found) parts.push({ path: `${log}${suffix}`, at: suffix === '' ? 0 : found.mtimeMs });
  }
  return parts.sort((one, other) => one.at - other.at).map(({ path }) => path);
}
