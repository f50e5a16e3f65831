import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.js';
import { listRefs } from './refs.js';
import { readStatus } from './status.js';

/** What agents must leave alone: refs that are not hew's, and the checkout that hew was started in. */
export interface ForeignSnapshot {
  readonly refs: ReadonlyMap<string, string>;
  /** Home's HEAD, and each changed or untracked path of it with its size and time. */
  readonly home: ReadonlyMap<string, string>;
}

/** Looks at everything that agents must leave alone. */
export async function takeForeignSnapshot(git: Git, home: string): Promise<ForeignSnapshot> {
  const [refs, status] = await Promise.all([listRefs(git, home), readStatus(git, home)]);
  const foreign = [...refs].filter(
    ([ref]) => !ref.startsWith('refs/heads/loop/') && !ref.startsWith('refs/hew/'),
  );
  const paths = [...status.changed, ...status.untracked].filter((path) => !path.startsWith('.beads/'));
  const stamps = await Promise.all(paths.map(async (path) => [path, await stamp(join(home, path))] as const));
  return { refs: new Map(foreign), home: new Map([['HEAD', status.branch ?? `${status.head}`], ...stamps]) };
}

/** Says in words what differs between two looks; empty when nothing does. Pure. */
export function foreignChanges(before: ForeignSnapshot, after: ForeignSnapshot): string[] {
  const changes = differing(before.refs, after.refs).map((ref) => {
    const name = ref === 'refs/stash' ? 'the stash' : ref;
    const old = before.refs.get(ref);
    if (old === undefined) return `${name} was made`;
    return `${name} ${after.refs.has(ref) ? 'moved' : 'was deleted'}, it was ${old}`;
  });
  const paths = differing(before.home, after.home);
  const named = paths.slice(0, 5).join(', ');
  return paths.length === 0
    ? changes
    : [...changes, `the checkout changed: ${named}${paths.length > 5 ? ' …' : ''}`];
}

function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== after.get(key),
  );
}

async function stamp(path: string): Promise<string> {
  const found = await lstat(path, { bigint: true }).catch(() => null);
  return found ? `${found.size} ${found.mtimeNs}` : 'gone';
}
