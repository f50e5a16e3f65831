import process from 'node:process';
import { unboundEnvironment } from '../engine/git/environment.js';
import { Git } from '../engine/git/git.js';
import { findPlaces, type Places } from '../engine/git/places.js';
import { childEnvironment } from '../engine/processes/child-environment.js';
import { FileQueue } from '../engine/queue/file-queue.js';
import { queuePath } from '../engine/queue/open-queue.js';
import { idPrefix } from '../engine/queue/task-ids.js';
import { Refusal } from './command.js';

/**
 * The embedded queue of the project around `cwd`: from every worktree, those of workers included, the one of the main
 * worktree. Throws a {@link Refusal} with the command that mends it when there is no project or no git.
 */
export async function openQueue(cwd: string = process.cwd()): Promise<FileQueue> {
  const places = await projectPlaces(cwd);
  return new FileQueue({ path: queuePath(places), prefix: idPrefix(places.project) });
}

/** The places of the project around `cwd`. Throws a {@link Refusal} where there is none. */
export async function projectPlaces(cwd: string): Promise<Places> {
  // A hook's or an agent's GIT_DIR would name another repository than the one around `cwd`.
  const env = await unboundEnvironment(childEnvironment(process.env)).catch((cause: unknown) => {
    throw new Refusal('git cannot be started. Install it from git-scm.com, then try again.', { cause });
  });
  const git = new Git(env);
  const found = await findPlaces(git, cwd);
  if (found.kind === 'missing') throw new Refusal(found.problem);
  return found.places;
}
