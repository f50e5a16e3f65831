import { access } from 'node:fs/promises';
import { join } from 'node:path';
import which from 'which';
import type { Places } from '../git/places.js';
import { QueueError } from '../ports.js';
import { FileQueue } from '../queue/file-queue.js';
import { idPrefix } from '../queue/task-ids.js';
import { askVersion, isAtLeast } from './ask-version.js';
import type { Finding } from './finding.js';

/** The oldest bd whose answers hew reads. */
const BEADS_FLOOR = [1, 0];

/** The queues that tasks may come from; `places` is null outside of a project. */
export async function examineQueues(
  places: Places | null,
  env: Readonly<Record<string, string>>,
): Promise<readonly Finding[]> {
  return Promise.all([examineFile(places), examineBeads(env)]);
}

async function examineFile(places: Places | null): Promise<Finding> {
  const finding = { kind: 'queue', name: 'file', version: null, note: null } as const;
  if (places === null)
    return {
      ...finding,
      found_at: null,
      usable: false,
      advice: 'It is kept in a project: start hew in one.',
    };
  const path = join(places.hew, 'tasks.jsonl');
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  const found_at = exists ? path : null;
  try {
    const queue = new FileQueue({ path, prefix: idPrefix(places.project), now: () => new Date() });
    const { tasks } = await queue.list();
    const open = [...tasks.values()].filter(({ status }) => status !== 'closed').length;
    const advice = open === 0 ? 'It has no open task yet. File one: hew task new "<title>"' : null;
    return { ...finding, found_at, usable: true, advice };
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    // One that is not there yet is made by the first task.
    return { ...finding, found_at, usable: !exists, advice: error.message };
  }
}

async function examineBeads(env: Readonly<Record<string, string>>): Promise<Finding> {
  const finding = { kind: 'queue', name: 'bd', note: null } as const;
  const file = await which('bd', { path: env['PATH'] ?? '', nothrow: true });
  if (file === null) {
    const advice = 'Only for a queue of beads: there is no program "bd" on PATH. Install bd 1.0 or newer.';
    return { ...finding, found_at: null, version: null, usable: false, advice };
  }
  const quiet = { ...env, BD_DISABLE_METRICS: '1', BD_NON_INTERACTIVE: '1' };
  const told = await askVersion(file, ['version', '--json'], quiet);
  if (told.kind === 'failed')
    return {
      ...finding,
      found_at: file,
      version: null,
      usable: false,
      advice: `${told.problem}. Install bd 1.0 or newer.`,
    };
  const usable = isAtLeast(told.version, BEADS_FLOOR);
  const advice = usable ? null : 'It is too old. Install bd 1.0 or newer.';
  return { ...finding, found_at: file, version: told.version, usable, advice };
}
