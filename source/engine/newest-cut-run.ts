import type { Clock } from './clock.js';
import type { Ground } from './find-ground.js';
import type { RunId } from './ids.js';
import { holdings } from './preflight-cut-runs.js';
import { openQueueFor } from './preflight.js';
import { QueueError } from './ports.js';

/** The newest run of the project that was cut and still holds something, with what that is; null when there is none. */
export async function newestCutRun(
  { cut, env, places }: Ground,
  clock: Clock,
): Promise<{ readonly run: RunId; readonly holds: string } | null> {
  for (const past of cut) {
    const queue = await openQueueFor({ options: { queue: past.started.queue }, clock }, places, env, []);
    const listing = await queue?.list().catch((error: unknown) => {
      if (error instanceof QueueError) return null;
      throw error;
    });
    const holds = listing ? holdings(past, listing) : null;
    if (holds !== null) return { run: past.run, holds };
  }
  return null;
}
