import { join } from 'node:path';
import { expect } from 'vitest';
import { type IterationRecord, readIterationRecord } from '../../source/engine/run-files/iteration-record.js';
import type { GitProject } from '../git-project.js';
import { filesIn } from './files-in.js';
import type { LoopRun } from './loop-run.js';

/** How one attempt is told: by its event, by its file, and by the ref that keeps its work. */
export interface EndedAttempt {
  readonly task: string;
  readonly attempt: number;
  readonly slot: number;
  readonly worker: number;
  readonly end: string;
  readonly counted: boolean;
  readonly fate: string | null;
  readonly reason: string | null;
  readonly salvage: string | null;
  /** The shared name in `iter-NNN.json`. */
  readonly outcome: IterationRecord['outcome'];
  /** The paths in the tree of the salvage; null when nothing had to be kept. */
  readonly kept: readonly string[] | null;
}

/**
 * Every attempt of a run that has ended, in the order in which they ended. Fails where an attempt's file says something
 * else than its event, or where a salvage does not name the task and the attempt.
 */
export async function endedAttempts(project: GitProject, run: LoopRun): Promise<EndedAttempt[]> {
  const ended: EndedAttempt[] = [];
  for (const event of run.all('iteration.finished')) {
    const { task, attempt, slot, worker, end, counted, fate, reason, salvage } = event;
    const name = `iter-${String(event.iteration).padStart(3, '0')}.json`;
    const record = await readIterationRecord(
      join(project.path, '.hew', 'loop', run.run, `worker-${worker}`, name),
    );
    expect(record).toMatchObject({
      number: event.iteration,
      task_id: task,
      attempt,
      slot,
      worker,
      end,
      reason,
      salvage,
      ended_at: event.at,
      files: event.files,
    });
    if (salvage !== null) {
      const trailers = await project.git('log', '-1', '--format=%(trailers:only)', salvage);
      expect(trailers).toContain(`Hew-Task: ${task}\nHew-Attempt: ${attempt}\n`);
    }
    const kept = salvage === null ? null : await filesIn(project, salvage);
    ended.push({
      task,
      attempt,
      slot,
      worker,
      end,
      counted,
      fate,
      reason,
      salvage,
      outcome: record.outcome,
      kept,
    });
  }
  return ended;
}
