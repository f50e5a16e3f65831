import { z } from 'zod';
import { count, place } from './event-shape.js';
import { type Sha, taskIdSchema } from './ids.js';
import type { RunState } from './state.js';

const sideSchema = z.object({ ...place, task: taskIdSchema });
type Side = z.infer<typeof sideSchema>;

/** Work of two agents, or of one and trunk, that would conflict if it were merged now. */
export const conflictAheadSchema = z.object({
  /** When that was seen first. */
  since: z.iso.datetime(),
  one: sideSchema,
  /** Null: trunk. */
  other: sideSchema.nullable(),
  /** The first of the files that are in conflict. */
  files: z.array(z.string()),
  /** How many more there are. */
  unlisted: count,
});
export type ConflictAhead = z.infer<typeof conflictAheadSchema>;

/** What a view is told of it. */
export interface ConflictsAhead {
  readonly conflicts: readonly ConflictAhead[];
  /** Why some of it is not known; null when all is. */
  readonly reason: string | null;
}

/** Before anything has been told. */
export const NO_CONFLICTS_AHEAD: ConflictsAhead = { conflicts: [], reason: null };

/** What of a conflict is told at most: sixteen workers that are in conflict all with each other stay below half a megabyte. */
const MOST_FILES = 8;
const LONGEST_PATH = 200;

/** What a slot works on and is not merged yet. */
export interface WorkAhead extends Side {
  /** The worktree. */
  readonly path: string;
  /** What the agent began with. */
  readonly base: Sha;
}

/** What would have to be merged, were all slots done now. Pure. */
export function workAhead({ slots, workers }: RunState): readonly WorkAhead[] {
  return slots.flatMap(({ slot, worker: number, activity }) => {
    const worker = number === null ? undefined : workers.get(number);
    // What has been merged, or could not be, is told as that.
    if (!worker || activity.kind !== 'working' || activity.merge.state === 'done') return [];
    const { task, base } = activity;
    return [{ slot, worker: worker.worker, task, path: worker.path, base }];
  });
}

/** Two commits that are to be merged on trial, in the worktree of the second. */
export interface TrialMerge extends Pick<ConflictAhead, 'one' | 'other'> {
  readonly ours: Sha;
  readonly theirs: Sha;
  readonly path: string;
}

/** Which merges tell what would conflict: those of work in which something was committed. Pure. */
export function trialMerges(
  work: readonly WorkAhead[],
  tips: ReadonlyMap<number, Sha>,
  trunk: Sha | null,
): readonly TrialMerge[] {
  const committed = work.flatMap((each) => {
    const tip = tips.get(each.worker);
    return tip === undefined || tip === each.base ? [] : [{ ...each, tip }];
  });
  return committed.flatMap((each, index) => {
    const { path, base, tip } = each;
    const one = sideOf(each);
    const withTrunk =
      trunk === null || trunk === base ? [] : [{ one, other: null, ours: trunk, theirs: tip, path }];
    const withOthers = committed
      .slice(index + 1)
      .map((other) => ({ one, other: sideOf(other), ours: tip, theirs: other.tip, path: other.path }));
    return [...withTrunk, ...withOthers.filter(({ ours, theirs }) => ours !== theirs)];
  });
}

function sideOf({ slot, worker, task }: Side): Side {
  return { slot, worker, task };
}

/** Whether the tips of the work have to be known at all: one that stands on trunk alone can conflict with nothing. Pure. */
export function mayConflict(work: readonly WorkAhead[], trunk: Sha | null): boolean {
  return work.length > 1 || work.some(({ base }) => base !== trunk);
}

/** A merge on trial with the files that are in conflict; null when it is clean, or not known. */
export interface TriedMerge extends Pick<TrialMerge, 'one' | 'other'> {
  readonly files: readonly string[] | null;
}

/**
 * What is told of the merges that were tried. A file that is in conflict between trunk and one of two is not told again
 * of the two: one of them may have trunk's change from its beginning. Pure.
 */
export function conflictsAhead(
  tried: readonly TriedMerge[],
  told: readonly ConflictAhead[],
  now: string,
): readonly ConflictAhead[] {
  const withTrunk = new Map(tried.flatMap(({ one, other, files }) => (other ? [] : [[one.worker, files]])));
  const since = new Map(told.map((each) => [nameOf(each), each.since]));
  return tried.flatMap(({ one, other, files }) => {
    if (files === null) return [];
    const known = other
      ? new Set([one.worker, other.worker].flatMap((each) => withTrunk.get(each) ?? []))
      : null;
    const own = files.filter((file) => !known?.has(file));
    if (own.length === 0 && files.length > 0) return [];
    const shown = own.slice(0, MOST_FILES).map((file) => file.slice(0, LONGEST_PATH));
    const sides = { one, other };
    return [
      {
        since: since.get(nameOf(sides)) ?? now,
        ...sides,
        files: shown,
        unlisted: own.length - shown.length,
      },
    ];
  });
}

function nameOf({ one, other }: Pick<ConflictAhead, 'one' | 'other'>): string {
  const sides = [one, ...(other ? [other] : [])];
  return sides.map(({ worker, task }) => `w${worker} ${task}`).join(' ');
}
