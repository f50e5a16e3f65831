import { findCutRuns } from './cut-run.js';
import { unboundEnvironment } from './git/environment.js';
import { Git } from './git/git.js';
import { findPlaces } from './git/places.js';
import type { RunId } from './ids.js';
import { holdings } from './preflight-cut-runs.js';
import { openQueueFor } from './preflight.js';
import { QueueError } from './ports.js';
import { childEnvironment } from './processes/child-environment.js';
import type { StartRequest } from './start-request.js';

/** The newest run of the project that was cut and still holds something, with what that is; null when there is none. */
export async function newestCutRun(
  request: Pick<StartRequest, 'cwd' | 'env' | 'clock'>,
): Promise<{ readonly run: RunId; readonly holds: string } | null> {
  const env = await unboundEnvironment(childEnvironment(request.env));
  const git = new Git({ ...env, GIT_OPTIONAL_LOCKS: '0' });
  const found = await findPlaces(git, request.cwd);
  // What is wrong about the place is told by the start itself.
  if (found.kind === 'missing') return null;
  const { places } = found;
  for (const past of await findCutRuns(places)) {
    const asked = { options: { queue: past.started.queue }, clock: request.clock };
    const queue = await openQueueFor(asked, places, env, []);
    const listing = await queue?.list().catch((error: unknown) => {
      if (error instanceof QueueError) return null;
      throw error;
    });
    const holds = listing ? holdings(past, listing) : null;
    if (holds !== null) return { run: past.run, holds };
  }
  return null;
}
