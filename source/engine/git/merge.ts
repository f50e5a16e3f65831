import { shaSchema, type Sha } from '../ids.js';
import { type Git, GitError, type GitOptions } from './git.js';

export type MergeTree =
  | { readonly kind: 'clean'; readonly tree: Sha }
  | {
      readonly kind: 'conflict';
      /** Each file that is in conflict, once. */
      readonly files: readonly string[];
      /** What git says of the merge, a sentence to a line. */
      readonly messages: string;
    };

/**
 * What a merge of two commits would hold, without touching index, files or refs. Run in the worktree of the work, since
 * merge drivers and attributes are read there. Throws for what is not two commits of one history.
 */
export async function mergeTree(
  git: Git,
  path: string,
  ours: Sha,
  theirs: Sha,
  options: GitOptions = {},
): Promise<MergeTree> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', ours, theirs];
  const answer = await git.ask(path, args, options);
  const [first = '', ...rest] = answer.stdout.split('\0');
  const tree = shaSchema.safeParse(first);
  // An unknown commit ends with 1 as well: only an answer that begins with a tree is a conflict.
  if (answer.exit_code > 1 || !tree.success) throw new GitError(args, path, answer);
  if (answer.exit_code === 0) return { kind: 'clean', tree: tree.data };
  const end = rest.indexOf('');
  return {
    kind: 'conflict',
    files: [...new Set(rest.slice(0, end))],
    messages: readMessages(rest.slice(end + 1)),
  };
}

/** Joins the texts of `<number of paths> NUL (<path> NUL)* <type> NUL <text> NUL` (git-merge-tree(1)). */
function readMessages(fields: readonly string[]): string {
  const texts: string[] = [];
  for (let at = 0; at < fields.length - 1;) {
    const type = at + Number(fields[at]) + 1;
    texts.push(fields[type + 1] ?? '');
    at = type + 2;
  }
  return texts.join('').trim();
}

/** Makes a commit of a tree; the message goes in verbatim, but for NULs, which git refuses. */
export async function commitTree(
  git: Git,
  path: string,
  commit: { readonly tree: Sha; readonly parents: readonly Sha[]; readonly message: string },
): Promise<Sha> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  const sha = await git.text(path, ['commit-tree', commit.tree, ...parents, '-F', '-'], {
    input: commit.message.replaceAll('\0', ''),
  });
  return shaSchema.parse(sha);
}

/** The tree of a commit. */
export async function treeOf(git: Git, path: string, commit: Sha): Promise<Sha> {
  return shaSchema.parse(await git.text(path, ['rev-parse', '--verify', `${commit}^{tree}`]));
}

/** Whether the first commit is the second or one of its ancestors. */
export async function isAncestor(git: Git, path: string, ancestor: Sha, descendant: Sha): Promise<boolean> {
  return (
    ancestor === descendant || (await git.holds(path, ['merge-base', '--is-ancestor', ancestor, descendant]))
  );
}

/**
 * A message with trailers after it, one to a line, as git-interpret-trailers(1) reads them. What looks like a trailer in
 * the message itself stays text. The message must not be blank, since git takes no trailer from a first paragraph. Pure.
 */
export function withTrailers(message: string, trailers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(trailers).map(
    ([key, value]) => `${key}: ${String(value).replaceAll(/\s+/g, ' ').trim()}`,
  );
  return `${message.trimEnd()}\n\n${lines.join('\n')}\n`;
}
