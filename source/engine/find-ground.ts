import { findCutRuns, type PastRun } from './cut-run.js';
import { unboundEnvironment } from './git/environment.js';
import { Git } from './git/git.js';
import { findPlaces, type Places } from './git/places.js';
import { gitVersion } from './git/version.js';
import { childEnvironment } from './processes/child-environment.js';
import type { StartRequest } from './start-request.js';

/** What a start stands on: found once, since each question to git costs a process. */
export interface Ground {
  /** The environment that hew was started with, bound to no repository. */
  readonly env: Readonly<Record<string, string>>;
  /** The user's own git, which takes no lock that it can do without. */
  readonly git: Git;
  readonly places: Places;
  /** The runs of the project that were cut, newest first. */
  readonly cut: readonly PastRun[];
  /** What is wrong with git itself. */
  readonly problems: readonly string[];
}

export type GroundResult =
  | { readonly kind: 'found'; readonly ground: Ground }
  /** There is no project here, or no git: what mends it. */
  | { readonly kind: 'missing'; readonly problems: readonly string[] };

/** Finds the project around the folder that a run is to start in. */
export async function findGround(request: Pick<StartRequest, 'cwd' | 'env'>): Promise<GroundResult> {
  const inherited = childEnvironment(request.env);
  const version = await gitVersion(inherited);
  if (version.kind === 'missing') {
    return { kind: 'missing', problems: ['git is not installed. Install git 2.38 or newer.'] };
  }
  const problems = version.recent_enough
    ? []
    : [`git ${version.version} is too old. Install git 2.38 or newer.`];
  const env = await unboundEnvironment(inherited);
  const git = new Git({ ...env, GIT_OPTIONAL_LOCKS: '0' });
  const found = await findPlaces(git, request.cwd);
  if (found.kind === 'missing') return { kind: 'missing', problems: [...problems, found.problem] };
  const { places } = found;
  return { kind: 'found', ground: { env, git, places, cut: await findCutRuns(places), problems } };
}
