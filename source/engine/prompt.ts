import fnv1a from '@sindresorhus/fnv1a';
import type { GateCommand, Memory, Task } from './ports.js';

/** What an earlier attempt came to, for the next one. */
export interface PreviousAttempt {
  readonly attempt: number;
  /** `cut`: hew was killed in the middle of it, which says nothing of its work. */
  readonly how: 'failed' | 'cut';
  /** Why it failed. */
  readonly reason: string;
  /** The files that its work changed, as far as that was collected. */
  readonly files: readonly string[];
  /** The end of the gate's output; empty when there is none. */
  readonly tail: string;
  /** The ref that keeps its work, or null when there was none. */
  readonly salvage: string | null;
}

/** What a prompt is made from. */
export interface PromptFacts {
  /** What all prompts of the run begin with, see {@link promptPrefix}. */
  readonly prefix: string;
  readonly task: Task;
  readonly worktree: string;
  readonly branch: string;
  readonly gate: readonly GateCommand[];
  readonly attempt: number;
  readonly attempts: number;
  /** The attempts before this one, oldest first. */
  readonly earlier: readonly PreviousAttempt[];
  /** What the user has said to whoever works on the task, oldest first. */
  readonly told: readonly string[];
}

/** A prompt, and the hash of the beginning that all prompts of a run share. */
export interface Prompt {
  readonly text: string;
  /** 16 hex digits, FNV-1a 64: what a runtime can cache is the same while this is the same. */
  readonly prefix_hash: string;
}

/** Of many files the first tell enough. */
const SHOWN_FILES = 30;

/** What is the same, to the byte, for every prompt of a run: the skill's text and what the queue remembers. Pure. */
export function promptPrefix(facts: {
  readonly skill: string;
  readonly memories: readonly Memory[];
}): string {
  const { skill, memories } = facts;
  if (memories.length === 0) return skill;
  const lines = memories.map(({ key, value }) => `- ${key}: ${value}`);
  return `${skill}\n\n## What is remembered of this project\n\n${lines.join('\n')}`;
}

/** Writes the prompt of one attempt: first what is the same for every task, then the task and the contract. Pure. */
export function buildPrompt(facts: PromptFacts): Prompt {
  const { prefix } = facts;
  const last = facts.earlier.at(-1);
  const parts = [
    prefix,
    aboutTask(facts),
    ...facts.earlier.map((attempt) => aboutAttempt(attempt, attempt === last)),
    ...fromUser(facts.told),
    contract(facts),
  ];
  return {
    text: `${parts.join('\n\n')}\n`,
    prefix_hash: fnv1a(prefix, { size: 64 }).toString(16).padStart(16, '0'),
  };
}

function aboutTask({ task, attempt, attempts }: PromptFacts): string {
  const sections = [
    `# Task ${task.id}: ${task.title}`,
    `Priority: P${task.priority}. Type: ${task.issue_type}. Attempt: ${attempt} of ${attempts}.`,
    ...(task.description === '' ? [] : [task.description]),
    ...(task.acceptance_criteria === '' ? [] : [`## Acceptance criteria\n\n${task.acceptance_criteria}`]),
    ...(task.notes === '' ? [] : [`## Notes\n\n${task.notes}`]),
  ];
  return sections.join('\n\n');
}

/** Only the last attempt's output is shown: an earlier one's was an answer to other code. */
function aboutAttempt(earlier: PreviousAttempt, isLast: boolean): string {
  const { attempt, how, reason, files, salvage, tail } = earlier;
  const more = files.length > SHOWN_FILES ? ` and ${files.length - SHOWN_FILES} more` : '';
  const changed = files.length === 0 ? [] : [`It changed ${files.slice(0, SHOWN_FILES).join(', ')}${more}.`];
  const kept = salvage
    ? [`Its work is not in your worktree. It is kept in git: git diff HEAD...${salvage}`]
    : [];
  const output = isLast && tail !== '' ? [`The end of the output:\n\n${tail}`] : [];
  const heading = how === 'cut' ? `## Attempt ${attempt} was cut short` : `## Attempt ${attempt} failed`;
  const judged =
    how === 'cut' ? ['Its work was neither finished nor checked: take from it what is good.'] : [];
  return [heading, reason, ...judged, ...changed, ...kept, ...output].join('\n\n');
}

function contract({ task, worktree, branch, gate }: PromptFacts): string {
  const checks =
    gate.length === 0
      ? 'No tests are run on your work here, so check it yourself with care.'
      : `When you have ended, these commands must succeed on your work:\n${gate.map((each) => `    ${each.command}`).join('\n')}`;
  return `## The rules

Worktree: ${worktree}
Branch: ${branch}

- Stay inside your worktree; do not change other branches, other worktrees, the stash or git's configuration.
- Commit your work on the branch that is checked out. Do not push, merge or rebase.
- Do not close the task and do not change the queue: that is done for you when your work has been merged.
- Leave no server and no other process running.
- ${checks}
- End with one line of its own, as the last thing that you say: "closed ${task.id}" when the task is done, or "blocked ${task.id}: <why>" when it cannot be done.

When it is done, end with the line: closed ${task.id}`;
}

function fromUser(told: readonly string[]): string[] {
  if (told.length === 0) return [];
  return [`## What the user says of this task\n\n${told.join('\n\n')}`];
}
