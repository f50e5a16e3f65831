import { join } from 'node:path';
import type { Sha, TaskId } from './ids.js';
import type { Agent, Task } from './ports.js';
import type { TrunkContext, Worker } from './run-context.js';

/** One attempt of one task by one worker: what stays the same from its start to its end. */
export interface Attempt {
  readonly worker: Worker;
  readonly task: Task;
  /** Counts the task's attempts from 1. */
  readonly attempt: number;
  /** Counts the worker's iterations from 1. */
  readonly iteration: number;
  readonly base: Sha;
  /** Aborts when this attempt is to end at once. */
  readonly signal: AbortSignal;
}

/** An attempt that an agent is started for. */
export interface AgentAttempt extends Attempt {
  readonly agent: Agent;
  /** The model that the agent is asked for; null where it chooses itself. */
  readonly model: string | null;
  /** The agent stands in for the slot's own runtime, which is given a rest. */
  readonly cooldown_engaged: boolean;
}

/** What the events of an attempt have in common. */
export function attemptPlace(attempt: Attempt): {
  slot: number;
  worker: number;
  task: TaskId;
  attempt: number;
  iteration: number;
} {
  return {
    slot: attempt.worker.slot,
    worker: attempt.worker.worker,
    task: attempt.task.id,
    attempt: attempt.attempt,
    iteration: attempt.iteration,
  };
}

/** The folder of a worker's files: with one job there is none of its own (DESIGN.md §6). */
export function workerFolder(context: Pick<TrunkContext, 'folder' | 'serial'>, worker: number): string {
  return context.serial ? context.folder : join(context.folder, `worker-${worker}`);
}

/** The path of one of an iteration's files, such as `iter-003.gate.log`. */
export function iterationFile(
  context: Pick<TrunkContext, 'folder' | 'serial'>,
  worker: number,
  iteration: number,
  suffix: string,
): string {
  return join(workerFolder(context, worker), `iter-${String(iteration).padStart(3, '0')}.${suffix}`);
}
