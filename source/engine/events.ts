import { z } from 'zod';
import { controlSchema } from './controls.js';
import {
  count,
  event,
  limitsSchema,
  milliseconds,
  place,
  returned,
  tokenCountSchema,
  work,
} from './event-shape.js';
import { runIdSchema, shaSchema, slotNumberSchema, taskIdSchema, workerNumberSchema } from './ids.js';
import { attemptEndSchema, fateSchema } from './outcome.js';
import { stopReasonSchema } from './stop.js';
import { type TransientEvent, transientEventSchema } from './transient-events.js';

const gateName = z.enum(['own', 'merged']);

/**
 * Facts that are written to the journal before anything that depends on them is done. They change the state.
 * An intent (`task.claiming`, `merge.started`, `parked.merging`, `task.closing`, `land.started`) comes before its effect, its result after.
 */
export const durableEventSchema = z.discriminatedUnion('type', [
  event('run.started', {
    run_id: runIdSchema,
    jobs: z.int().min(1).max(16),
    mode: z.enum(['worktrees', 'serial', 'dry_run']),
    runtime: z.string(),
    queue: z.enum(['file', 'beads']),
    home: z.string(),
    /** Null when HEAD is detached: the run has no landing target. */
    starting_branch: z.string().nullable(),
    starting_sha: shaSchema,
    /** The branch of trunk; null with one job and in a dry run. */
    trunk: z.string().nullable(),
    attempts: z.int().min(1),
    ungated: z.boolean(),
    limits: limitsSchema,
  }),
  /** The gate on the untouched base, or why it was not run. */
  event('base.checked', {
    tree: shaSchema,
    outcome: z.enum(['green', 'red', 'remembered', 'skipped']),
    duration_ms: milliseconds,
    tail: z.string(),
  }),
  event('worker.created', {
    ...place,
    branch: z.string(),
    path: z.string(),
    git_dir: z.string(),
    base: shaSchema,
  }),
  /** Left on disk for a person; the bug task names what to do. */
  event('worker.parked', {
    worker: workerNumberSchema,
    task: taskIdSchema,
    reason: z.string(),
    bug: taskIdSchema.nullable(),
    /** The commit that the work had come to; null while nothing of it was committed. */
    result: shaSchema.nullable(),
  }),
  event('worker.removed', { worker: workerNumberSchema }),

  event('slot.paused', { slot: slotNumberSchema }),
  event('slot.resumed', { slot: slotNumberSchema }),
  /** So many slots take tasks from now on: those with a higher number are removed, and end their iterations. */
  event('slots.changed', { slots: slotNumberSchema }),
  /** Nothing to do for now: why, and until when where that is known. */
  event('slot.waiting', {
    slot: slotNumberSchema,
    reason: z.enum(['nothing_ready', 'usage_limit', 'back_off', 'paused', 'disk']),
    detail: z.string(),
    until: z.iso.datetime().nullable(),
  }),
  event('slot.finished', {
    slot: slotNumberSchema,
    worker: workerNumberSchema.nullable(),
    stop_reason: stopReasonSchema,
  }),

  /** Only in a dry run: what the slot would take, and the prompt that its agent would get. */
  event('slot.planned', {
    ...place,
    branch: z.string(),
    task: taskIdSchema,
    title: z.string(),
    prompt_hash: z.string(),
    prompt: z.string(),
  }),

  event('task.claiming', { ...place, task: taskIdSchema }),
  event('task.claimed', { ...place, task: taskIdSchema, title: z.string(), priority: z.int() }),
  event('task.claim_lost', { ...place, task: taskIdSchema, holder: z.string() }),

  event('iteration.started', {
    ...work,
    base: shaSchema,
    prompt_hash: z.string(),
    runtime: z.string(),
    model: z.string().nullable(),
    /** The fallback works in place of the slot's own runtime. */
    cooldown_engaged: z.boolean().default(false),
  }),
  event('agent.finished', {
    ...work,
    exit_code: z.int().nullable(),
    closing: z.enum(['closed', 'blocked']).nullable(),
    tokens: tokenCountSchema,
    cost_usd: z.number().nullable(),
    model: z.string().nullable(),
    duration_ms: milliseconds,
  }),
  /** An agent (or somebody else meanwhile) changed refs, the stash or the checkout that hew was started in. */
  event('foreign.changed', { ...work, what: z.array(z.string()) }),
  event('gate.started', { ...work, which: gateName }),
  event('gate.finished', {
    ...work,
    which: gateName,
    outcome: z.enum(['green', 'red', 'timeout', 'aborted', 'remembered', 'ungated']),
    command: z.string().nullable(),
    duration_ms: milliseconds,
  }),
  /** Waits for its turn to merge. */
  event('merge.queued', { ...work, result: shaSchema }),
  event('merge.started', { ...work, candidate: shaSchema, onto: shaSchema }),
  event('merge.finished', {
    ...work,
    outcome: z.enum(['merged', 'conflict', 'red', 'not_moved']),
    sha: shaSchema.nullable(),
    files: z.array(z.string()),
  }),
  event('trunk.restored', {
    found: shaSchema.nullable(),
    expected: shaSchema,
    salvage: z.string().nullable(),
  }),
  /** The starting branch has moved on and is about to be merged into trunk: the intent before `trunk.caught_up`. */
  event('trunk.catching_up', { candidate: shaSchema, onto: shaSchema, tip: shaSchema }),
  event('trunk.caught_up', { sha: shaSchema, tip: shaSchema }),
  event('task.closing', { ...work, sha: shaSchema }),
  event('task.closed', { task: taskIdSchema, sha: shaSchema, how: z.enum(['merged', 'empty']) }),
  event('task.close_refused', { task: taskIdSchema, sha: shaSchema, message: z.string() }),
  event('task.returned', returned),
  /** The queue could not take the task back: that is tried again. */
  event('task.return_refused', { ...returned, message: z.string() }),
  event('conflict.filed', {
    task: taskIdSchema,
    bug: taskIdSchema,
    worker: workerNumberSchema,
    files: z.array(z.string()),
  }),
  /** Trunk itself, gated after too many failures in a row; green starts their count again. */
  event('trunk.checked', {
    tree: shaSchema,
    outcome: z.enum(['green', 'red']),
    duration_ms: milliseconds,
    tail: z.string(),
  }),
  /** The parked branch is about to be merged into trunk: the intent before `parked.settled`. */
  event('parked.merging', {
    run: runIdSchema,
    worker: workerNumberSchema,
    task: taskIdSchema,
    candidate: shaSchema,
    onto: shaSchema,
  }),
  /** A parked branch was tried again because its bug had been closed. `run` is the run that had parked it. */
  event('parked.settled', {
    run: runIdSchema,
    worker: workerNumberSchema,
    task: taskIdSchema,
    outcome: z.enum(['merged', 'already_merged', 'reopened']),
    sha: shaSchema.nullable(),
    reason: z.string(),
  }),
  event('salvage.created', {
    ref: z.string(),
    sha: shaSchema,
    worker: workerNumberSchema,
    task: taskIdSchema.nullable(),
    attempt: count,
    reason: z.string(),
  }),
  event('iteration.finished', {
    ...work,
    end: attemptEndSchema,
    counted: z.boolean(),
    /** Null while the task is tried again. */
    fate: fateSchema.nullable(),
    reason: z.string().nullable(),
    tokens: tokenCountSchema,
    cost_usd: z.number().nullable(),
    runtime: z.string(),
    model: z.string().nullable(),
    duration_ms: milliseconds,
    salvage: z.string().nullable(),
    files: z.array(z.string()),
  }),

  /** The run goes on after a crash: everything that was in flight has been settled by the events before this. */
  event('run.resumed', {
    runtime: z.string(),
    attempts: z.int().min(1),
    limits: limitsSchema,
    /** Between its last event and its being taken up: time in which it could do nothing, and which no limit counts. */
    away_ms: milliseconds,
  }),
  event('control.received', { control: controlSchema }),
  event('run.stopping', { reason: stopReasonSchema, detail: z.string() }),
  event('land.started', { branch: z.string(), from: shaSchema, to: shaSchema }),
  event('run.landed', {
    branch: z.string().nullable(),
    from: shaSchema,
    to: shaSchema,
    /** `nothing`: no merge to bring home; `detached`: no branch to bring it to; `in_place`: one job works at home. */
    how: z.enum(['fast_forward', 'nothing', 'detached', 'in_place']),
  }),
  event('land.refused', { branch: z.string(), to: shaSchema, reason: z.string() }),
  event('run.finished', {
    stop_reason: stopReasonSchema,
    exit_code: z.int(),
    tasks_left: count,
    /** As in `run.resumed`, where a run that was cut is ended without going on. */
    away_ms: milliseconds.optional(),
  }),
  /** Something that a person should know and that changes no state. */
  event('notice', { level: z.enum(['info', 'warning']), text: z.string() }),
]);

export type DurableEvent = z.infer<typeof durableEventSchema>;
export type EngineEvent = DurableEvent | TransientEvent;

type WithoutStamp<Event> = Event extends unknown ? Omit<Event, 'v' | 'at'> : never;
/** An event as its maker writes it: version and time are added where it enters the stream. */
export type EventBody = WithoutStamp<EngineEvent>;

const TRANSIENT_TYPES: ReadonlySet<string> = new Set(
  transientEventSchema.options.map(({ shape }) => shape.type.value),
);

/** Whether the event belongs in the journal. */
export function isDurable(event: EngineEvent): event is DurableEvent {
  return !TRANSIENT_TYPES.has(event.type);
}
