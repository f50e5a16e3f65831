import { lstat } from 'node:fs/promises';
import type { Git } from './git.js';
import { parseRefs, refsCommand } from './refs.js';
import { parseStatus, STATUS_COMMAND, type StatusEntry } from './status.js';

/** What agents must leave alone: refs that are not hew's, and the checkout that hew was started in. */
export interface ForeignSnapshot {
  readonly refs: ReadonlyMap<string, string>;
  /** Home's branch, or its commit when HEAD is detached. */
  readonly head: string;
  /** Each changed or untracked path of home, with what git says of it and its size, mode and time on disk. */
  readonly home: ReadonlyMap<string, string>;
}

/** Looks at everything that agents must leave alone; `except` is a path of home that others change by design, or null. */
export async function takeForeignSnapshot(
  git: Git,
  home: string,
  except: string | null = null,
): Promise<ForeignSnapshot> {
  const [listed = '', told = ''] = await git.outputs(home, [refsCommand(), STATUS_COMMAND]);
  const [refs, status] = [parseRefs(listed.toString()), parseStatus(told)];
  const foreign = [...refs].filter(
    ([ref]) => !ref.startsWith('refs/heads/loop/') && !ref.startsWith('refs/hew/'),
  );
  const entries = status.entries.filter(({ path }) => !path.startsWith('.beads/') && path !== except);
  const stamps = await Promise.all(
    entries.map(async (entry) => [entry.path, await stamp(home, entry)] as const),
  );
  return { refs: new Map(foreign), head: status.branch ?? `${status.head}`, home: new Map(stamps) };
}

/** Says in words what differs between two looks; empty when nothing does. Pure. */
export function foreignChanges(before: ForeignSnapshot, after: ForeignSnapshot): string[] {
  const changes = differing(before.refs, after.refs).map((ref) => {
    const name = ref === 'refs/stash' ? 'the stash' : ref;
    const old = before.refs.get(ref);
    if (old === undefined) return `${name} was made`;
    return `${name} ${after.refs.has(ref) ? 'moved' : 'was deleted'}, it was ${old}`;
  });
  if (before.head !== after.head) changes.push(`the checkout is on ${after.head}, it was on ${before.head}`);
  const paths = differing(before.home, after.home);
  if (paths.length > 0) {
    changes.push(`the checkout changed: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ' …' : ''}`);
  }
  return changes;
}

function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== after.get(key),
  );
}

/** Git's word alone would miss a second change of a file, the disk's alone one of the index. */
async function stamp(home: string, entry: StatusEntry): Promise<string> {
  const file = Buffer.concat([Buffer.from(`${home}/`), entry.path_bytes]);
  // Whatever keeps it from being looked at is a state of its own: it tells when it begins and ends.
  const disk = await lstat(file, { bigint: true }).then(
    (found) => `${found.size} ${found.mode} ${found.mtimeNs}`,
    (error: NodeJS.ErrnoException) => `${error.code}`,
  );
  return `${entry.kind} ${entry.fields.join(' ')} ${disk}`;
}
