import type { AgentProblem } from './agent-failure.js';
import type { RunId, TaskId } from './ids.js';
import type { SetLedger } from './processes/process-ledger.js';
import type { Redactor } from './redactor.js';

/** What a program used; counts of tokens, cached input told apart. */
export interface TokenCount {
  readonly input: number;
  readonly output: number;
  readonly cache_read: number;
  readonly cache_create: number;
}

/** No tokens at all. */
export const NO_TOKENS: TokenCount = { input: 0, output: 0, cache_read: 0, cache_create: 0 };

// ── The queue ───────────────────────────────────────────────────────────────────────────────────────────────────────

export type TaskStatus = 'open' | 'in_progress' | 'blocked' | 'deferred' | 'closed' | (string & {});

/** One entry of the queue, with beads' field names. */
export interface Task {
  readonly id: TaskId;
  readonly title: string;
  readonly description: string;
  readonly acceptance_criteria: string;
  readonly status: TaskStatus;
  /** 0 (first) to 4 (last). */
  readonly priority: number;
  readonly issue_type: string;
  readonly labels: readonly string[];
  readonly assignee: string | null;
  readonly dependencies: readonly TaskDependency[];
  /** The epic or task that it is a part of. */
  readonly parent: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly closed_at: string | null;
  readonly close_reason: string | null;
  readonly notes: string;
  readonly pinned: boolean;
}

/** `issue_id` depends on `depends_on_id`; only the type `blocks` keeps a task from being ready. */
export interface TaskDependency {
  readonly issue_id: string;
  readonly depends_on_id: string;
  readonly type: string;
}

/** One look at the whole queue. */
export interface QueueListing {
  /** Every task, closed ones included. */
  readonly tasks: ReadonlyMap<TaskId, Task>;
  /** What the queue calls ready, in the order in which it wants them taken. */
  readonly ready: readonly TaskId[];
  /** What the queue has and hew cannot take, a sentence each. */
  readonly left_out: readonly string[];
}

export type ClaimResult = { readonly kind: 'claimed' } | { readonly kind: 'lost'; readonly holder: string };
export type CloseResult =
  | { readonly kind: 'closed' }
  | { readonly kind: 'refused'; readonly message: string };

/** What is needed to file a task. */
export interface NewTask {
  readonly title: string;
  readonly description?: string;
  readonly acceptance_criteria?: string;
  readonly priority?: number;
  readonly issue_type?: string;
  readonly labels?: readonly string[];
}

/** Something to be known by every agent from now on. */
export interface Memory {
  readonly key: string;
  readonly value: string;
}

/** What a person types to do by hand what hew could not, or leaves to them. */
export interface QueueCommands {
  /** Files a task. */
  readonly create: string;
  readonly close: (id: string) => string;
  readonly show: (id: string) => string;
  /** Makes a task that is in progress open and nobody's. */
  readonly giveBack: (id: string) => string;
}

/**
 * A queue of tasks. Every method throws a {@link QueueError} when the queue cannot be used at all; what may happen to
 * a healthy queue (a claim lost, a close refused) is a value.
 */
export interface TaskQueue {
  readonly kind: 'file' | 'beads';
  list(): Promise<QueueListing>;
  show(id: TaskId): Promise<Task | null>;
  /** Takes an open, unassigned task: status in_progress, assignee the actor. Claiming one's own again succeeds. */
  claim(id: TaskId, actor: string): Promise<ClaimResult>;
  close(id: TaskId, reason: string, options?: { readonly force?: boolean }): Promise<CloseResult>;
  /** Gives a task back: status open, no assignee, the note appended and the labels added. */
  release(id: TaskId, change: { readonly note?: string; readonly labels?: readonly string[] }): Promise<void>;
  /** A closed task becomes in_progress (when an actor is given) or open again. */
  reopen(id: TaskId, change: { readonly note?: string; readonly actor?: string }): Promise<void>;
  create(task: NewTask): Promise<TaskId>;
  /** From now on `blocker` blocks `id`. */
  addDependency(id: TaskId, blocker: TaskId): Promise<void>;
  /** Appends to a task's notes, whatever its status. */
  addNote(id: TaskId, note: string): Promise<void>;
  /** Keeps a text for the agents of this and every later run; the same key replaces what it held. */
  remember(text: string, key?: string): Promise<void>;
  /** Everything remembered, in the order of the keys. */
  memories(): Promise<readonly Memory[]>;
}

/** The queue cannot be read or written. The message says what is wrong, where, and what to do next. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

// ── The agent ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What an agent is started with. */
export interface AgentRequest {
  readonly run: RunId;
  readonly task: TaskId;
  readonly prompt: string;
  /** The folder that it works in: the worktree, or home with one job. */
  readonly cwd: string;
  /** The whole environment: nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** What all its processes carry in the environment, so that they are found and ended: `HEW_MARK_3fa9c1d2=w0`. */
  readonly mark: string;
  /** Where its set of processes is noted; none where nobody comes after. */
  readonly ledger?: SetLedger | undefined;
  /** What is taken out of all that it says; nothing if not given. */
  readonly redactor?: Redactor | undefined;
  readonly model: string | null;
  /** The worktree's own git directory and the one that it shares with the others: the same with one job. */
  readonly git_dir: string;
  readonly common_dir: string;
  /** The most US dollars that it may use; null when that is not bounded. Holds only where {@link Agent.caps_cost} says so. */
  readonly budget_usd: number | null;
  /** Where the agent's raw output is kept. */
  readonly log: string;
  /** Milliseconds without output and processor time, after which it has stalled; null when that is not watched. */
  readonly stall_ms: number | null;
}

/** A line of what the agent says or does, freed of control sequences and cut to a sane length. */
export interface AgentLine {
  readonly kind: 'text' | 'tool' | 'result' | 'error';
  readonly text: string;
}

/** What is seen of an agent while it works. Called often: implementations must be cheap. */
export interface AgentObserver {
  line(line: AgentLine): void;
  usage(usage: AgentUsage): void;
  /**
   * It has been without output and processor time for so many milliseconds, a third of `stall_ms` or more; 0 when it has
   * given a sign of life since it was told so.
   */
  quiet(quiet_ms: number): void;
}

export interface AgentUsage {
  readonly tokens: TokenCount;
  /** In US dollars; null when the runtime does not tell. */
  readonly cost_usd: number | null;
  readonly model: string | null;
}

/** The line with which an agent says how its task went: `closed <id>` or `blocked <id>: <why>`. */
export type ClosingWord = { readonly kind: 'closed' } | { readonly kind: 'blocked'; readonly why: string };

/** How an agent ended. */
export interface AgentResult extends AgentUsage {
  /** Null when the program ended well, whatever it says of the task. */
  readonly failure: AgentProblem | null;
  readonly closing: ClosingWord | null;
  readonly exit_code: number | null;
  readonly stderr_tail: string;
  /** Names of the tools that it called, in order, at most 200. */
  readonly tool_calls: readonly string[];
  readonly decisions: readonly string[];
  readonly deferred: readonly string[];
}

/** A runtime that can work on a task. */
export interface Agent {
  /** `command`, `claude`, `codex` …: `runtime_used` in the files. */
  readonly runtime: string;
  /** Whether a price is known for what it uses, so that `--budget-cost` can hold. */
  readonly priced: boolean;
  /** Whether it keeps to a request's `budget_usd`, so that `--iteration-budget-cost` can hold. */
  readonly caps_cost: boolean;
  /** Says what is missing, with the command that mends it; null when it can be started. */
  check(): Promise<string | null>;
  /**
   * Runs the agent to its end, and the ending of every process of its set with it. Never throws for what an agent
   * does; when `signal` aborts, the set is ended and the failure is `aborted` or what `signal.reason` names.
   */
  run(request: AgentRequest, observer: AgentObserver, signal: AbortSignal): Promise<AgentResult>;
}

// ── The gate ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface GateCommand {
  /** `test`, `lint` … */
  readonly name: string;
  /** The user's own command line, run by a shell. */
  readonly command: string;
}

export interface GateResult {
  readonly outcome: 'green' | 'red' | 'timeout' | 'aborted';
  /** The command that was not green. */
  readonly failed: GateCommand | null;
  /** The last lines of the failing command, freed of control sequences; empty when green. */
  readonly tail: string;
  readonly duration_ms: number;
}
