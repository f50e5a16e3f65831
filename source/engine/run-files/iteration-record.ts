import { z } from 'zod';
import type { DurableEvent } from '../events.js';
import { type Sha, shaSchema, taskIdSchema } from '../ids.js';
import { isRuntimeFault, iterationOutcome, iterationOutcomeSchema } from '../outcome.js';
import { type AgentResult, NO_TOKENS } from '../ports.js';
import { orNull, readRecord } from './read-record.js';

const text = orNull(z.string());
const texts = orNull(z.array(z.string()));
const number = orNull(z.int().min(0));

/**
 * `iter-NNN.json`: one attempt. The fields up to `cooldown_engaged` are shared with an earlier hew, whose files have no
 * others; what is missing is null.
 */
export const iterationRecordSchema = z.object({
  number: z.int().min(0),
  task_id: orNull(taskIdSchema),
  started_at: text,
  ended_at: text,
  outcome: orNull(iterationOutcomeSchema),
  /** 16 hex digits: the prompt by FNV-1a, 64 bits. */
  prompt_prefix_hash: text,
  cost: orNull(z.object({ input: number, output: number, cache_read: number, cache_create: number })),
  decisions: texts,
  deferred: texts,
  tool_calls: texts,
  stderr_tail: text,
  runtime_used: text,
  model: text,
  /** A runtime was given a rest: the one that has failed here, or the one that the fallback stood in for. */
  cooldown_engaged: orNull(z.boolean()),
  /** How exactly it ended; a word of its own writer. */
  end: text,
  reason: text,
  attempt: number,
  slot: number,
  worker: number,
  /** The merge in trunk, or with one job the commit. */
  sha: orNull(shaSchema),
  /** The ref that keeps the work that was not merged. */
  salvage: text,
  files: texts,
});
export type IterationRecord = z.output<typeof iterationRecordSchema>;

/** What an iteration's file tells beyond its two events. */
export interface IterationDetails extends Pick<
  AgentResult,
  'decisions' | 'deferred' | 'tool_calls' | 'stderr_tail'
> {
  readonly sha: Sha | null;
}

/** An iteration as it is known: what it began with, and what it ended with once it has. */
export interface IterationFacts {
  readonly started: Extract<DurableEvent, { type: 'iteration.started' }>;
  readonly finished: Extract<DurableEvent, { type: 'iteration.finished' }> | null;
  /** Null while no agent has told anything. */
  readonly details: IterationDetails | null;
}

/** The content of `iter-NNN.json`, while the iteration runs (nothing but its start is known then) and after. Pure. */
export function iterationRecord({ started, finished, details }: IterationFacts): IterationRecord {
  return {
    number: started.iteration,
    task_id: started.task,
    started_at: started.at,
    ended_at: finished?.at ?? null,
    outcome: finished ? iterationOutcome(finished.end) : null,
    prompt_prefix_hash: started.prompt_hash,
    cost: finished?.tokens ?? NO_TOKENS,
    decisions: [...(details?.decisions ?? [])],
    deferred: [...(details?.deferred ?? [])],
    tool_calls: [...(details?.tool_calls ?? [])],
    stderr_tail: details?.stderr_tail ?? '',
    runtime_used: finished?.runtime ?? started.runtime,
    model: finished?.model ?? started.model,
    cooldown_engaged: started.cooldown_engaged || (finished !== null && isRuntimeFault(finished.end)),
    end: finished?.end ?? null,
    reason: finished?.reason ?? null,
    attempt: started.attempt,
    slot: started.slot,
    worker: started.worker,
    sha: details?.sha ?? null,
    salvage: finished?.salvage ?? null,
    files: finished?.files ?? [],
  };
}

/** Reads one `iter-NNN.json`, an earlier hew's too. Throws a RunFileError that names the file and the field. */
export async function readIterationRecord(path: string): Promise<IterationRecord> {
  return readRecord(path, iterationRecordSchema);
}
