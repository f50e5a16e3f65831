import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStream } from './event-stream.js';
import { workerBranch } from './ids.js';
import { openRunFolder } from './open-run-folder.js';
import type { RunPlan } from './preflight.js';
import { buildPrompt } from './prompt.js';
import { candidates, tasksLeftIn } from './schedule.js';

/**
 * Tells which slot would take what, with prompt and hash, and writes the run's folder as a run would. Claims nothing,
 * makes no worktree and starts no agent.
 */
export async function dryRun(plan: RunPlan, listen: (events: EventStream) => void): Promise<number> {
  const { run, places, settings, request, start } = plan;
  const { jobs, attempts, limits } = settings.loop;
  const serial = jobs === 1;
  const opened = await openRunFolder({ run, places, serial, clock: request.clock, env: request.env }, listen);
  const { events } = opened;
  try {
    await events.record({
      type: 'run.started',
      run_id: run,
      jobs,
      mode: 'dry_run',
      runtime: settings.loop.runtimes.join(','),
      queue: plan.queue.kind,
      home: places.home,
      starting_branch: start.branch,
      starting_sha: start.sha,
      trunk: null,
      attempts,
      ungated: plan.gate === null,
      limits,
    });
    const ready = candidates({
      listing: plan.listing,
      tasks: new Map(),
      wishes: new Map(),
      taken: new Set(),
      epic: settings.loop.epic,
    });
    for (const [worker, task] of ready.slice(0, jobs).entries()) {
      const branch = serial ? (start.branch ?? 'HEAD') : workerBranch(run, worker);
      const prompt = buildPrompt({
        prefix: plan.prompt_prefix,
        task,
        worktree: serial ? places.home : join(plan.worktrees, String(worker)),
        branch,
        gate: plan.gate?.commands ?? [],
        attempt: 1,
        attempts,
        earlier: [],
        told: [],
      });
      const { text, prefix_hash } = prompt;
      const planned = { slot: worker + 1, worker, branch, task: task.id, title: task.title };
      events.note({ type: 'slot.planned', ...planned, prompt_hash: prefix_hash, prompt: text });
    }
    const tasks_left = tasksLeftIn(plan.listing, settings.loop.epic);
    await events.record({ type: 'run.finished', stop_reason: 'ready_empty', exit_code: 0, tasks_left });
    return 0;
  } finally {
    await opened.close();
    // The preflight may have left the list of what worktrees would exclude.
    await rm(plan.worktrees, { recursive: true, force: true });
  }
}
