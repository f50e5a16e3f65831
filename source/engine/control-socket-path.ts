import { join } from 'node:path';
import { type RunId, shortRunId } from './ids.js';

/** Where the control socket of a run is, since paths of sockets are short (LOOP.md §1). */
export function controlSocketPath(hewHome: string, run: RunId): string {
  return join(hewHome, 'run', `${shortRunId(run)}.sock`);
}
