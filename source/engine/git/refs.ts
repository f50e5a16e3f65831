import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sha, shaSchema } from '../ids.js';
import { ENGLISH, type Git, GitError } from './git.js';

/**
 * One change of a ref. `old` null means that it must not exist yet, `'any'` that it does not matter where it is or
 * whether it exists; `next` null that it is deleted.
 */
export interface RefChange {
  readonly ref: string;
  readonly old: Sha | 'any' | null;
  readonly next: Sha | null;
}

/**
 * Changes refs, all or none, each only while it is at its old value. Returns false when one was elsewhere and throws
 * when git could not do it at all. A ref that has been made symbolic is replaced, never followed to another branch.
 */
export async function changeRefs(git: Git, path: string, changes: readonly RefChange[]): Promise<boolean> {
  const args = ['update-ref', '-z', '--stdin'];
  const input = changes.map((change) => `option no-deref\0${command(change)}`).join('');
  const answer = await git.ask(path, args, { input, env: ENGLISH });
  if (answer.exit_code === 0) return true;
  if (/but expected|reference already exists|unable to resolve reference/.test(answer.stderr)) return false;
  throw new GitError(args, path, answer);
}

/** The line of git-update-ref(1); an empty old value is one that is not looked at. */
function command({ ref, old, next }: RefChange): string {
  if (next !== null)
    return `update ${ref}\0${next}\0${old === 'any' ? '' : (old ?? '0'.repeat(next.length))}\0`;
  // Nothing to delete: an empty old value of `delete` would delete whatever is there.
  if (old === null) return `verify ${ref}\0\0`;
  return `delete ${ref}\0${old === 'any' ? '' : old}\0`;
}

/** The commit that a full ref name is at, or null when there is no such ref. */
export async function readRef(git: Git, path: string, ref: string): Promise<Sha | null> {
  const answer = await git.ask(path, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  return answer.exit_code === 0 ? shaSchema.parse(answer.stdout.trim()) : null;
}

/** The command whose output {@link parseRefs} reads: every ref under the patterns, or all. */
export function refsCommand(patterns: readonly string[] = []): string[] {
  return ['for-each-ref', '--format=%(objectname) %(refname)', '--', ...patterns];
}

/** Parses the output of {@link refsCommand}: object names by full ref name. Pure. */
export function parseRefs(output: string): Map<string, string> {
  const lines = output.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}

/** Every ref under the patterns with its object name. */
export async function listRefs(
  git: Git,
  path: string,
  patterns: readonly string[] = [],
): Promise<Map<string, string>> {
  return parseRefs(await git.text(path, refsCommand(patterns)));
}

/** Removes the lock that a git which was killed left on one of hew's own refs. Only when no git of the run lives any more. */
export async function removeRefLock(commonDir: string, ref: string): Promise<void> {
  await rm(join(commonDir, `${ref}.lock`), { force: true });
}
