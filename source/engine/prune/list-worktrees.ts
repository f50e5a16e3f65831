import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { listWorktreesOfGit, type WorktreeListing } from '../git/worktree-list.js';
import { type RunId, runIdSchema } from '../ids.js';
import { jsonValue } from '../json-value.js';
import type { Project } from '../open-project.js';
import { OWN_FILES } from '../remove-worktrees-folder.js';
import { findLiveRun, type LiveRun } from '../run-lock.js';
import { remainsElsewhere } from './remains-elsewhere.js';
import { type ParkedWith, readRunRemains, startedAt } from './run-remains.js';
import { type Standing, type WorktreeFacts, worktreeStanding } from './worktree-standing.js';

/** A worktree under hew's own folder of worktrees. */
export interface ListedWorktree {
  readonly run: RunId;
  /** The worker's number, where the folder is named by one. */
  readonly worker: number | null;
  readonly path: string;
  /** What git says of it; null when this project's git does not list it. */
  readonly listing: WorktreeListing | null;
  /** Null when nothing says which project it belongs to. */
  readonly project: string | null;
  /** What it is parked with; null when it is not. */
  readonly parked: ParkedWith | null;
  readonly standing: Standing;
  /** When its run was last heard of. */
  readonly heard_of: Date;
}

/** The tenth worker is behind the second. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

const ownerSchema = z.object({
  project: z.string(),
  common_dir: z.string(),
  /** The run's folder; an earlier hew did not name it. */
  folder: z.string().optional(),
});

type Owner = Exclude<WorktreeFacts['owner'], { kind: 'other' }> | OtherOwner;
/** Another project, by what it has written of itself. */
type OtherOwner = { readonly kind: 'other' } & z.output<typeof ownerSchema>;

/**
 * Every worktree of the project, or of all projects, under `~/.hew/wt`, and what each is. Nothing of it is measured yet:
 * inspectWorktree() does that, and takes longer.
 */
export async function listWorktrees(
  project: Project,
  options: { readonly all_projects: boolean } = { all_projects: false },
): Promise<readonly ListedWorktree[]> {
  const { git, places } = project;
  const root = await realpath(join(project.hew_home, 'wt')).catch(missing);
  if (root === null) return [];
  const byGit = new Map(
    (await listWorktreesOfGit(git, places.home))
      .filter(({ path }) => dirname(dirname(path)) === root)
      .map((listing) => [listing.path, listing] as const),
  );
  const live = await findLiveRun(places.common_dir);
  const onDisk = await readdir(root, { withFileTypes: true });
  // A run's folder that is a link is none of hew's making, and hew goes through none.
  const folders = onDisk.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const names = new Set([...folders, ...[...byGit.keys()].map((path) => basename(dirname(path)))]);
  const runs = [...names].flatMap((name) => runIdSchema.safeParse(name).data ?? []).sort();
  const found: ListedWorktree[] = [];
  for (const run of runs) {
    found.push(...(await worktreesOf(project, { run, folder: join(root, run), byGit, live })));
  }
  return found.filter(({ standing }) => options.all_projects || standing.kind !== 'foreign');
}

interface RunPlace {
  readonly run: RunId;
  readonly folder: string;
  readonly byGit: ReadonlyMap<string, WorktreeListing>;
  readonly live: LiveRun | null;
}

async function worktreesOf(project: Project, place: RunPlace): Promise<ListedWorktree[]> {
  const { run, folder, byGit, live } = place;
  const { places } = project;
  const owner = await readOwner(folder, places.common_dir);
  const left =
    owner.kind === 'other' ? await remainsElsewhere(owner, run) : await readRunRemains(places, run, live);
  const past = 'unknown' in left ? null : left;
  const unknown = 'unknown' in left ? left.unknown : null;
  const names = (await readdir(folder, { withFileTypes: true }).catch(missing)) ?? [];
  const paths = names
    .filter((entry) => !OWN_FILES.has(entry.name) && (entry.isDirectory() || entry.isSymbolicLink()))
    .map(({ name }) => join(folder, name));
  const all = new Set([...paths, ...[...byGit.keys()].filter((path) => dirname(path) === folder)]);
  const listed: ListedWorktree[] = [];
  for (const path of [...all].sort(BY_NUMBER.compare)) {
    const listing = byGit.get(path) ?? null;
    const parked = past?.parked.get(path) ?? null;
    const standing = worktreeStanding({
      place: await placeOf(folder, path),
      listed: listing !== null,
      locked: listing?.locked ?? null,
      owner: owner.kind === 'other' ? { kind: 'other', project: owner.project, unknown } : owner,
      run: past?.life ?? { kind: 'forgotten' },
      parked,
    });
    const worker = /^\d+$/.test(basename(path)) ? Number(basename(path)) : null;
    const heard_of = past?.heard_of ?? startedAt(run);
    listed.push({
      run,
      worker,
      path,
      listing,
      project: projectOf(owner, places.project, listing),
      parked,
      standing,
      heard_of,
    });
  }
  return listed;
}

function projectOf(owner: Owner, own: string, listing: WorktreeListing | null): string | null {
  if (owner.kind === 'other') return owner.project;
  return owner.kind === 'this' || listing !== null ? own : null;
}

/** What lies at the path; a link above it counts as one itself. */
export async function placeOf(folder: string, path: string): Promise<WorktreeFacts['place']> {
  const found = await lstat(path).catch(missing);
  if (found === null) return 'gone';
  const real = await realpath(path).catch(missing);
  return found.isDirectory() && real === join(folder, basename(path)) ? 'folder' : 'link';
}

async function readOwner(folder: string, commonDir: string): Promise<Owner> {
  const text = await readFile(join(folder, 'owner.json'), 'utf8').catch(missing);
  if (text === null) return { kind: 'none' };
  const owner = ownerSchema.safeParse(jsonValue(text)).data;
  if (!owner) return { kind: 'unreadable' };
  const there = (await realpath(owner.common_dir).catch(missing)) ?? owner.common_dir;
  const here = (await realpath(commonDir).catch(missing)) ?? commonDir;
  return there === here ? { kind: 'this' } : { kind: 'other', ...owner };
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
