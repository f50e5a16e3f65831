import fnv1a from '@sindresorhus/fnv1a';
import type { GateCommand, Task } from './ports.js';

/** Why the attempt before failed, for the next one. */
export interface PreviousAttempt {
  readonly attempt: number;
  readonly reason: string;
  /** The end of the gate's output; empty when there is none. */
  readonly tail: string;
  /** The ref that keeps its work, or null when there was none. */
  readonly salvage: string | null;
}

/** What a prompt is made from. */
export interface PromptFacts {
  readonly task: Task;
  readonly worktree: string;
  readonly branch: string;
  readonly gate: readonly GateCommand[];
  readonly attempt: number;
  readonly attempts: number;
  readonly previous: PreviousAttempt | null;
  /** What the user has said to whoever works on the task, oldest first. */
  readonly told: readonly string[];
}

/** A prompt, and the hash of the beginning that all prompts of a run share. */
export interface Prompt {
  readonly text: string;
  /** 16 hex digits, FNV-1a 64: what a runtime can cache is the same while this is the same. */
  readonly prefix_hash: string;
}

/** Writes the prompt of one attempt: first what is the same for every task, then the task itself. Pure. */
export function buildPrompt(facts: PromptFacts): Prompt {
  const prefix = contract(facts.gate);
  const parts = [
    prefix,
    aboutTask(facts),
    ...(facts.previous ? [aboutPrevious(facts.previous)] : []),
    ...fromUser(facts.told),
  ];
  return {
    text: `${parts.join('\n\n')}\n`,
    prefix_hash: fnv1a(prefix, { size: 64 }).toString(16).padStart(16, '0'),
  };
}

function contract(gate: readonly GateCommand[]): string {
  const checks =
    gate.length === 0
      ? 'No tests are run on your work here, so check it yourself with care.'
      : `When you have ended, these commands must succeed on your work:\n${gate.map((each) => `    ${each.command}`).join('\n')}`;
  return `You work on one task, alone, in a git worktree of your own. Others work on other tasks of the same project at the same time, in worktrees of their own; your work is merged with theirs when it passes.

The rules:
- Do the task below and nothing else. Stay inside your worktree; do not change other branches, other worktrees, the stash or git's configuration.
- Commit your work on the branch that is checked out. Do not push, merge or rebase.
- Do not close the task and do not change the queue: that is done for you when your work has been merged.
- Leave no server and no other process running.
- ${checks}
- End with one line of its own, as the last thing that you say: "closed <task id>" when the task is done, or "blocked <task id>: <why>" when it cannot be done.`;
}

function aboutTask({ task, worktree, branch, attempt, attempts }: PromptFacts): string {
  const sections = [
    `# Task ${task.id}: ${task.title}`,
    ...(task.description === '' ? [] : [task.description]),
    ...(task.acceptance_criteria === '' ? [] : [`## Acceptance criteria\n\n${task.acceptance_criteria}`]),
    ...(task.notes === '' ? [] : [`## Notes\n\n${task.notes}`]),
    `Worktree: ${worktree}\nBranch: ${branch}\nAttempt: ${attempt} of ${attempts}`,
    `When it is done, end with the line: closed ${task.id}`,
  ];
  return sections.join('\n\n');
}

function fromUser(told: readonly string[]): string[] {
  if (told.length === 0) return [];
  return [`## What the user says of this task\n\n${told.join('\n\n')}`];
}

function aboutPrevious(previous: PreviousAttempt): string {
  const kept = previous.salvage
    ? `\n\nIts work is not in your worktree. It is kept in git: git diff HEAD...${previous.salvage}`
    : '';
  const tail = previous.tail === '' ? '' : `\n\nThe end of the output:\n\n${previous.tail}`;
  return `## Attempt ${previous.attempt} failed\n\n${previous.reason}${kept}${tail}`;
}
