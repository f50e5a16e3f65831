import { z } from 'zod';
import { count, place } from './event-shape.js';
import { type Sha, taskIdSchema } from './ids.js';
import { pathsOverlap } from './paths-overlap.js';
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
  readonly path: string;
  readonly git_dir: string;
  /** What the agent began with. */
  readonly base: Sha;
  /** Its agent still works; else it is gated, waits for its turn, or is merged. */
  readonly is_running: boolean;
}

/** What would have to be merged, were all slots done now. Pure. */
export function workAhead({ slots, workers }: RunState): readonly WorkAhead[] {
  return slots.flatMap(({ slot, worker: number, activity }) => {
    const worker = number === null ? undefined : workers.get(number);
    // What has been merged, or could not be, is told as that.
    if (!worker || activity.kind !== 'working' || activity.merge.state === 'done') return [];
    const { task, base, agent } = activity;
    const { path, git_dir } = worker;
    const is_running = agent.state === 'running';
    return [{ slot, worker: worker.worker, task, path, git_dir, base, is_running }];
  });
}

/** Such work of which something is committed by now. */
export interface CommittedWork extends Omit<WorkAhead, 'git_dir'> {
  readonly tip: Sha;
  /** The paths that it changes. */
  readonly files: ReadonlySet<string>;
}

/** The paths that were merged into trunk after it stood at `base`; null where that is not known. Pure. */
export function mergedSince({ history, run }: RunState, base: Sha): ReadonlySet<string> | null {
  const begun = history.findLastIndex(({ sha }) => sha === base);
  if (begun === -1 && run?.starting_sha !== base) return null;
  const files = new Set<string>();
  for (const step of history.slice(begun + 1)) {
    if (step.kind === 'conflict') continue;
    if (step.kind === 'caught_up' || step.files.length === 0) return null;
    for (const file of step.files) files.add(file);
  }
  return files;
}

/** Two commits that are to be merged on trial, in the worktree of the second. */
export interface TrialMerge extends Pick<ConflictAhead, 'one' | 'other'> {
  readonly ours: Sha;
  readonly theirs: Sha;
  readonly path: string;
}

/**
 * Which merges tell what would conflict: those of work that changes the same paths, while an agent of it still works.
 * A folder that one has renamed and another added to is left to its turn: to foresee that too, all would have to be
 * tried. Pure.
 */
export function trialMerges(committed: readonly CommittedWork[], state: RunState): readonly TrialMerge[] {
  return committed.flatMap((each, index) => {
    const { path, base, tip, files, is_running } = each;
    const one = sideOf(each);
    const withOthers = committed
      .slice(index + 1)
      .filter((other) => is_running || other.is_running)
      .filter((other) => other.tip !== tip && pathsOverlap(files, other.files))
      .map((other) => ({ one, other: sideOf(other), ours: tip, theirs: other.tip, path: other.path }));
    const { trunk } = state;
    if (!is_running || trunk === null || trunk === base) return withOthers;
    const merged = mergedSince(state, base);
    if (merged !== null && !pathsOverlap(files, merged)) return withOthers;
    return [{ one, other: null, ours: trunk, theirs: tip, path }, ...withOthers];
  });
}

function sideOf({ slot, worker, task }: Side): Side {
  return { slot, worker, task };
}

/** Whether there is anything at all to compare: not where no agent works, or one alone that stands on trunk. Pure. */
export function mayConflict(
  work: readonly Pick<WorkAhead, 'base' | 'is_running'>[],
  trunk: Sha | null,
): boolean {
  return work.some(({ base, is_running }) => is_running && (work.length > 1 || base !== trunk));
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
