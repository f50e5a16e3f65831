import { AgentInterruption } from './agents/agent-interruption.js';
import { type AgentAttempt, type Attempt, attemptPlace, iterationFile } from './attempt.js';
import { foreignChanges } from './git/foreign.js';
import { removeStaleLocks } from './git/worktree.js';
import { claimActor } from './ids.js';
import type { AgentResult } from './ports.js';
import { type RunContext, workerSet } from './run-context.js';

/** What is known when an agent has ended and nothing of its processes runs any more. */
export interface AgentStep {
  readonly agent: AgentResult;
  /** What was changed outside of the worktree meanwhile, in words. */
  readonly foreign: readonly string[];
  /** The agent had closed its task in the queue; it has been reopened. */
  readonly closed_in_queue: boolean;
}

/** Runs the agent of an attempt to its end, within `--iteration-timeout`. */
export async function runAgentStep(
  context: RunContext,
  attempt: AgentAttempt,
  prompt: string,
): Promise<AgentStep> {
  const { clock, events } = context;
  // With one job the agent works in home itself: whatever it changes there is its work.
  const before = context.serial ? null : await context.foreign.before();
  const started = clock.now();
  const agent = await runWithin(context, attempt, prompt);
  await removeStaleLocks(attempt.worker.worktree);
  events.note({
    type: 'agent.finished',
    ...attemptPlace(attempt),
    exit_code: agent.exit_code,
    closing: agent.closing?.kind ?? null,
    tokens: agent.tokens,
    cost_usd: agent.cost_usd,
    model: agent.model,
    duration_ms: Math.max(0, clock.now().getTime() - started.getTime()),
  });
  const after = before && (await context.foreign.after());
  const foreign = before && after ? foreignChanges(before, after) : [];
  if (foreign.length > 0) events.note({ type: 'foreign.changed', ...attemptPlace(attempt), what: foreign });
  return { agent, foreign, closed_in_queue: await reopenIfClosed(context, attempt) };
}

async function runWithin(context: RunContext, attempt: AgentAttempt, prompt: string): Promise<AgentResult> {
  const { worker, task, iteration } = attempt;
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new AgentInterruption('iteration_timeout')),
    context.settings.loop.iteration_timeout_ms,
  );
  const { slot, worker: number } = worker;
  const stall_ms = context.settings.loop.stall_timeout_ms;
  try {
    return await attempt.agent.run(
      {
        run: context.run,
        task: task.id,
        prompt,
        cwd: worker.worktree.path,
        env: {
          ...context.environments.agent,
          HEW_RUN_ID: context.run,
          HEW_TASK_ID: task.id,
          HEW_SLOT: String(slot),
          HEW_WORKER: String(number),
          HEW_ATTEMPT: String(attempt.attempt),
        },
        ...workerSet(context, worker, 'agent', iteration),
        model: attempt.model,
        git_dir: worker.worktree.git_dir,
        common_dir: context.places.common_dir,
        budget_usd: context.settings.loop.iteration_budget_usd,
        stall_ms,
        log: iterationFile(context, number, iteration, 'agent.jsonl'),
      },
      {
        line: ({ kind, text }) =>
          context.events.pass({ type: 'agent.line', slot, worker: number, kind, text }),
        usage: (usage) => context.events.pass({ type: 'agent.usage', slot, worker: number, ...usage }),
        quiet: (quiet_ms) =>
          context.events.pass({ type: 'agent.quiet', slot, worker: number, quiet_ms, stall_ms }),
      },
      AbortSignal.any([attempt.signal, timeout.signal]),
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Agents are told not to close their task; one that does must not let its dependents start before the merge. */
async function reopenIfClosed(context: RunContext, { task, worker }: Attempt): Promise<boolean> {
  const now = await context.queue.show(task.id);
  if (now?.status !== 'closed') return false;
  await context.queue.reopen(task.id, { actor: claimActor(context.run, worker.worker) });
  return true;
}
