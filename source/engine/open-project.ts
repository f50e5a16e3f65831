import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { environments, findIdentity, unboundEnvironment } from './git/environment.js';
import { Git } from './git/git.js';
import { findPlaces, hewHome, type Places, worktreesFolder } from './git/places.js';
import type { RunId } from './ids.js';
import { childEnvironment } from './processes/child-environment.js';

/** A project as commands beside a run see it. */
export interface Project {
  readonly places: Places;
  /** hew's own git, with its environment, for all that makes no commit. */
  readonly git: Git;
  /** `~/.hew`, or where `HEW_HOME` says. */
  readonly hew_home: string;
  /** The same for commits, and for the worktrees of a run: what hew had carried into them stays ignored. */
  gitOf(run: RunId): Promise<Git>;
}

export type OpenedProject =
  | { readonly kind: 'opened'; readonly project: Project }
  /** Says what is wrong and the command that mends it. */
  | { readonly kind: 'missing'; readonly problem: string };

/** Finds the project around a folder. Rejects when git cannot be started. */
export async function openProject(request: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<OpenedProject> {
  const inherited = await unboundEnvironment(childEnvironment(request.env));
  const found = await findPlaces(new Git({ ...inherited, GIT_OPTIONAL_LOCKS: '0' }), request.cwd);
  if (found.kind === 'missing') return found;
  const { places } = found;
  const hew_home = await hewHome(request.env);
  const gitOf = async (run: RunId): Promise<Git> => {
    const folder = worktreesFolder(hew_home, run);
    const excludes = join(folder, 'exclude');
    const exists = await access(excludes).then(
      () => true,
      () => false,
    );
    const identity = await findIdentity(places.home, inherited);
    const facts = {
      inherited,
      local_variables: [],
      ceiling: folder,
      excludes_file: exists ? excludes : null,
    };
    return new Git(environments({ ...facts, ...identity }).hew);
  };
  // It commits nothing, so nobody need be asked for a name.
  const facts = { inherited, local_variables: [], ceiling: join(hew_home, 'wt'), excludes_file: null };
  const git = new Git(environments({ ...facts, has_name: true, has_email: true }).hew);
  return { kind: 'opened', project: { places, git, hew_home, gitOf } };
}
