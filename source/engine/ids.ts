import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** A run's id: `loop-<YYYYMMDDTHHMMSSZ>-<8 hex>`. It is the only id that names paths and refs. */
export const runIdSchema = z
  .string()
  .regex(/^loop-\d{8}T\d{6}Z-[0-9a-f]{8}$/, 'is not a run id (loop-<YYYYMMDDTHHMMSSZ>-<8 hex>)')
  .brand('RunId');
export type RunId = z.infer<typeof runIdSchema>;

/** A task's id as its queue gave it: safe as one argument and as one word of a line, but never part of a path or ref. */
export const taskIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'is not a task id (at most 128 letters, digits, ".", "_" and "-")',
  )
  .brand('TaskId');
export type TaskId = z.infer<typeof taskIdSchema>;

/** A full object name, SHA-1 or SHA-256. */
export const shaSchema = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'is not a full object name')
  .brand('Sha');
export type Sha = z.infer<typeof shaSchema>;

/** A lane of the run, numbered from 1. */
export const slotNumberSchema = z.literal(Array.from({ length: 16 }, (_, index) => index + 1));
/** A worktree and its branch, numbered from 0 and never reused in a run. */
export const workerNumberSchema = z.uint32();

/** Makes a new run id from the time and eight random hex digits. */
export function newRunId(now: Date): RunId {
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  return runIdSchema.parse(`loop-${stamp}-${randomBytes(4).toString('hex')}`);
}

/** The eight hex digits that end a run id: they name what must be short, such as marks and sockets. */
export function shortRunId(id: RunId): string {
  return id.slice(-8);
}

/** What the processes of all workers of a run carry: the beginning of each of their marks (LOOP.md §8). */
export function runMark(run: RunId): string {
  return `HEW_MARK_${shortRunId(run)}=`;
}

/** The branch of a run's trunk, without `refs/heads/`. */
export function trunkBranch(run: RunId): string {
  return `loop/${run}/trunk`;
}

/** The branch of a worker, without `refs/heads/`. */
export function workerBranch(run: RunId, worker: number): string {
  return `loop/${run}/w${worker}`;
}

/** Who a claim is made by: the queue shows it as the task's assignee. */
export function claimActor(run: RunId, worker: number): string {
  return `${claimPrefix(run)}${worker}`;
}

/** Whether a task is claimed by any of a run's workers. */
export function isClaimOf(
  run: RunId,
  { status, assignee }: { readonly status: string; readonly assignee: string | null },
): boolean {
  return status === 'in_progress' && assignee !== null && assignee.startsWith(claimPrefix(run));
}

function claimPrefix(run: RunId): string {
  return `hew/${run}/w`;
}
