import { mkdir } from 'node:fs/promises';
import { runAgentStep } from './agent-step.js';
import { type AgentAttempt, attemptPlace, workerFolder } from './attempt.js';
import { collectWork } from './collect.js';
import { gateTree } from './gate-tree.js';
import type { Sha } from './ids.js';
import { judgeAttempt } from './judge.js';
import { type Merged, mergeWork } from './merge-work.js';
import type { AttemptEnd } from './outcome.js';
import type { AgentResult } from './ports.js';
import { prepareHome } from './prepare-home.js';
import { prepareWorktree } from './prepare.js';
import { buildPrompt, type PreviousAttempt } from './prompt.js';
import type { RunContext } from './run-context.js';

/** How an attempt went: what follows from it is decided by its caller. */
export interface AttemptOutcome {
  readonly end: AttemptEnd;
  readonly reason: string | null;
  /** The end of the gate's or the setup's output. */
  readonly tail: string;
  /** The commit that holds all of the work, where it was collected. */
  readonly result: Sha | null;
  /** The merge, or what an empty attempt stands on. */
  readonly sha: Sha | null;
  readonly files: readonly string[];
  /** What trunk was when the work conflicted with it. */
  readonly conflict: { readonly onto: Sha; readonly messages: string } | null;
  /** Null when no agent was started. */
  readonly agent: AgentResult | null;
}

/** An attempt of which nothing has come. */
export const NOTHING_DONE: Omit<AttemptOutcome, 'end'> = {
  reason: null,
  tail: '',
  result: null,
  sha: null,
  files: [],
  conflict: null,
  agent: null,
};

/** One attempt, from its start to its merge: prepare, agent, collect, gate, merge (LOOP.md §3.3 to §3.7). */
export async function runAttempt(
  context: RunContext,
  attempt: AgentAttempt,
  earlier: readonly PreviousAttempt[],
): Promise<AttemptOutcome> {
  const { worker, task } = attempt;
  const folder = workerFolder(context, worker.worker);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const prompt = buildPrompt({
    prefix: context.prompt_prefix,
    task,
    worktree: worker.worktree.path,
    branch: worker.worktree.branch,
    gate: context.gate,
    attempt: attempt.attempt,
    attempts: context.settings.loop.attempts,
    earlier,
    told: context.events.state.notes.get(task.id) ?? [],
  });
  await context.events.record({
    type: 'iteration.started',
    ...attemptPlace(attempt),
    base: attempt.base,
    prompt_hash: prompt.prefix_hash,
    runtime: attempt.agent.runtime,
    model: attempt.model,
    cooldown_engaged: attempt.cooldown_engaged,
  });
  const prepared = context.serial
    ? await prepareHome(context, attempt)
    : await prepareWorktree(context, worker, attempt.base, folder, attempt.signal);
  switch (prepared.kind) {
    case 'ready':
      worker.unsaved = true;
      return workAndMerge(context, attempt, prompt.text);
    case 'lost':
      return { ...NOTHING_DONE, end: 'parked', reason: prepared.reason };
    case 'setup_failed':
      return { ...NOTHING_DONE, end: 'setup_failed', reason: prepared.reason, tail: prepared.tail };
    case 'aborted':
      return { ...NOTHING_DONE, end: 'run_aborted', reason: 'the run was aborted' };
  }
}

async function workAndMerge(
  context: RunContext,
  attempt: AgentAttempt,
  prompt: string,
): Promise<AttemptOutcome> {
  const step = await runAgentStep(context, attempt, prompt);
  const { agent } = step;
  const begun = { ...NOTHING_DONE, agent };
  if (agent.failure) {
    const end = agent.failure.kind === 'aborted' ? 'run_aborted' : agent.failure.kind;
    return { ...begun, end, reason: agent.failure.message };
  }
  const collected = await collectWork(context, attempt);
  const judged = judgeAttempt({ ...step, collected });
  const result = collected.kind === 'collected' ? collected.result : null;
  if (judged.kind === 'ended' || collected.kind !== 'collected') {
    const { end, reason } = judged.kind === 'ended' ? judged : { end: 'parked' as const, reason: null };
    return { ...begun, result, end, reason, sha: end === 'empty' ? attempt.base : null };
  }
  const { files } = collected;
  const worked = { ...begun, result: collected.result, files };
  const gated = await gateTree(context, attempt, 'own', collected.tree);
  switch (gated.kind) {
    case 'green':
      break;
    case 'red':
      return { ...worked, end: 'gate_red', reason: gated.reason, tail: gated.tail };
    case 'aborted':
      return { ...worked, end: 'run_aborted', reason: 'the run was aborted' };
  }
  // With one job the work stands on the branch already: step 7 is nothing.
  if (context.serial) {
    const sha = collected.result;
    await context.events.record({
      type: 'merge.finished',
      ...attemptPlace(attempt),
      outcome: 'merged',
      sha,
      files: [...files],
    });
    return { ...worked, end: 'merged', sha };
  }
  return fromMerge(worked, await mergeWork(context, attempt, collected));
}

function fromMerge(worked: Omit<AttemptOutcome, 'end'>, merged: Merged): AttemptOutcome {
  switch (merged.kind) {
    case 'merged':
      return { ...worked, end: 'merged', sha: merged.sha };
    case 'conflict': {
      const { onto, messages, files } = merged;
      const reason = `conflicts with what was merged meanwhile: ${files.join(', ')}`;
      return { ...worked, end: 'conflict', reason, files, conflict: { onto, messages } };
    }
    case 'red':
      return { ...worked, end: 'merged_gate_red', reason: merged.reason, tail: merged.tail };
    case 'claim_lost':
      return { ...worked, end: 'claim_lost', reason: merged.reason };
    case 'lost':
      return { ...worked, end: 'parked', reason: merged.reason };
    case 'aborted':
      return { ...worked, end: 'run_aborted', reason: 'the run was aborted' };
  }
}
