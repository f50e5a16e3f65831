import { execa } from 'execa';

export type GitVersion =
  | {
      readonly kind: 'found';
      /** The numbers alone, such as `2.39.5`. */
      readonly version: string;
      /** Whether it is 2.38 or later: older ones have no `merge-tree --write-tree`. */
      readonly recent_enough: boolean;
    }
  /** No program of that name can be started, or what answers is not git. */
  | { readonly kind: 'missing' };

const FLOOR = [2, 38] as const;

/** Asks the git that the environment's PATH finds for its version. Throws what the system says where one that is there cannot be started. */
export async function gitVersion(env: Readonly<Record<string, string>>): Promise<GitVersion> {
  const answer = await execa('git', ['version'], { env, extendEnv: false, reject: false, stdin: 'ignore' });
  // A git that cannot be started may well be installed.
  if (answer.exitCode === undefined && answer.code !== 'ENOENT' && answer.cause) throw answer.cause;
  return answer.exitCode === 0 ? parseGitVersion(answer.stdout) : { kind: 'missing' };
}

/** Parses what `git version` printed, whatever a vendor put behind the numbers. Pure. */
export function parseGitVersion(output: string): GitVersion {
  const found = /^git version (\d+)\.(\d+)((?:\.\d+)*)/m.exec(output);
  if (!found) return { kind: 'missing' };
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return {
    kind: 'found',
    version: `${found[1]}.${found[2]}${found[3]}`,
    recent_enough: major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]),
  };
}
