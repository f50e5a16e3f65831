import { z } from 'zod';
import { type TaskId, taskIdSchema } from '../ids.js';
import { plainText } from '../plain-text.js';
import {
  type ClaimResult,
  type CloseResult,
  type Memory,
  type NewTask,
  QueueError,
  type QueueListing,
  type Task,
  type TaskQueue,
} from '../ports.js';
import { type BdExit, bdFailure, bdPayload, isGuardMismatch } from './bd-answer.js';
import { parseIssues } from './bd-issue.js';
import type { BdCommand, BdProgram } from './bd-program.js';
import { BdListing } from './bd-listing.js';
import type { BdVersion } from './bd-version.js';

/** Who bd records for what no worker's claim stands behind. */
const HEW = 'hew';

const createdSchema = z.object({ id: taskIdSchema });
const memoriesSchema = z.record(z.string(), z.unknown());

/** What a beads queue is made of. */
export interface BeadsQueueOptions {
  readonly bd: BdProgram;
  readonly version: BdVersion;
}

/**
 * The queue of a project that keeps its tasks in beads, through the real bd. Every method throws a `QueueError` when bd
 * cannot be run or does not answer in a way that hew knows.
 */
export class BeadsQueue implements TaskQueue {
  readonly kind = 'beads';
  readonly #options: BeadsQueueOptions;
  readonly #listing = new BdListing();
  /** Who holds what this process has claimed: bd lets nobody else change a claim. */
  readonly #holders = new Map<TaskId, string>();

  constructor(options: BeadsQueueOptions) {
    this.#options = options;
  }

  /** Two processes: one lists everything, the other says which of it is ready, and in what order. */
  async list(): Promise<QueueListing> {
    const all = await this.#ask(['list', '--all', '--limit=0']);
    // Everything that is shown is in the listing already: the texts need not be sent twice.
    const brief = this.#options.version.guarded ? ['--brief'] : [];
    const ready = await this.#ask(['ready', '--limit=0', ...brief]);
    const issues = this.#read('list', () => this.#listing.issues(all));
    return {
      tasks: issues.tasks,
      ready: this.#read('ready', () => this.#listing.ready(ready)),
      left_out: issues.unfit.map(
        (id) => `${plainText(id)} is left out: hew takes ids of letters, digits, ".", "_" and "-" only`,
      ),
    };
  }

  async show(id: TaskId): Promise<Task | null> {
    const exit = await this.#options.bd.run({ args: ['show', id], actor: HEW, writes: false });
    if (exit.exit_code === 0)
      return this.#read('show', () => parseIssues(bdPayload(exit.stdout)).tasks.get(id) ?? null);
    if (NO_SUCH_ISSUE.test(bdFailure(exit))) return null;
    throw failed('show', exit);
  }

  /**
   * Where bd has guards the task is taken by a guarded change instead of `--claim`: as exclusive, and without a lease,
   * which would lapse after five minutes and let `bd reclaim` give the task to somebody else. Read back in any case:
   * releases before 1.3 let two claims win.
   */
  async claim(id: TaskId, actor: string): Promise<ClaimResult> {
    const guarded = ['--status=in_progress', `--assignee=${actor}`, '--if-status=open', '--if-assignee='];
    const how = this.#options.version.guarded ? guarded : ['--claim'];
    const exit = await this.#options.bd.run({ args: ['update', id, ...how], actor, writes: true });
    const task = await this.show(id);
    if (task?.status === 'in_progress' && task.assignee === actor) {
      this.#holders.set(id, actor);
      return { kind: 'claimed' };
    }
    if (!task) return { kind: 'lost', holder: 'nobody: there is no such task' };
    if (exit.exit_code !== 0 && !isGuardMismatch(exit) && !CLAIM_REFUSED.test(bdFailure(exit)))
      throw failed(`update ${id}`, exit);
    return { kind: 'lost', holder: task.assignee ?? task.status };
  }

  async close(id: TaskId, reason: string, options: { readonly force?: boolean } = {}): Promise<CloseResult> {
    const how = [`--reason=${argument(reason) || 'Closed'}`, ...(options.force ? ['--force'] : [])];
    const exit = await this.#options.bd.run({
      args: ['close', id, ...how],
      actor: await this.#holder(id),
      writes: true,
    });
    if (exit.exit_code !== 0) return { kind: 'refused', message: bdFailure(exit) };
    this.#holders.delete(id);
    return { kind: 'closed' };
  }

  async release(
    id: TaskId,
    { note, labels = [] }: { readonly note?: string; readonly labels?: readonly string[] },
  ): Promise<void> {
    const change = [
      '--status=open',
      '--assignee=',
      ...noteFlag(note),
      ...labels.map((label) => `--add-label=${label}`),
    ];
    await this.#change(['update', id, ...change], await this.#holder(id));
    this.#holders.delete(id);
  }

  async reopen(
    id: TaskId,
    { note, actor }: { readonly note?: string; readonly actor?: string },
  ): Promise<void> {
    if ((await this.#existing(id)).status !== 'closed') return await this.#note(id, note);
    const to =
      actor === undefined
        ? ['--status=open', '--assignee=']
        : ['--status=in_progress', `--assignee=${actor}`];
    await this.#change(['update', id, ...to, ...noteFlag(note)], actor ?? HEW);
    if (actor !== undefined) this.#holders.set(id, actor);
  }

  async create(task: NewTask): Promise<TaskId> {
    const flags = [
      `--title=${argument(task.title)}`,
      `--type=${task.issue_type ?? 'task'}`,
      `--priority=${task.priority ?? 2}`,
      // By stdin: what git said of a conflict may be longer than an argument can be.
      ...(task.description ? ['--body-file=-'] : []),
      ...(task.acceptance_criteria ? [`--acceptance=${argument(task.acceptance_criteria)}`] : []),
      ...(task.labels ?? []).map((label) => `--labels=${label}`),
    ];
    const payload = await this.#change(['create', ...flags], HEW, { input: task.description ?? '' });
    return this.#read('create', () => createdSchema.parse(payload).id);
  }

  async addDependency(id: TaskId, blocker: TaskId): Promise<void> {
    await this.#change(['dep', 'add', id, blocker, '--type=blocks'], HEW);
  }

  async addNote(id: TaskId, note: string): Promise<void> {
    await this.#note(id, note);
  }

  async remember(text: string, key?: string): Promise<void> {
    const flags = key === undefined ? [] : [`--key=${key}`];
    // The text comes last: what begins with a dash must not be taken for a flag.
    await this.#change(['remember', ...flags], HEW, { text: argument(text) });
  }

  async memories(): Promise<readonly Memory[]> {
    const payload = bdPayload(await this.#ask(['memories']));
    const found = this.#read('memories', () => memoriesSchema.parse(payload));
    return Object.entries(found)
      .flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : []))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async #note(id: TaskId, note: string | undefined): Promise<void> {
    if (note) await this.#change(['update', id, ...noteFlag(note)], HEW);
  }

  /** Whoever holds the task: bd refuses others, and a claim of hew's own, of whichever run, is hew's to give back. */
  async #holder(id: TaskId): Promise<string> {
    const known = this.#holders.get(id);
    if (known !== undefined) return known;
    const holder = (await this.show(id))?.assignee ?? null;
    return holder?.startsWith(`${HEW}/`) ? holder : HEW;
  }

  async #existing(id: TaskId): Promise<Task> {
    const task = await this.show(id);
    if (!task) throw new QueueError(`There is no issue ${id}. \`bd list --all\` lists all.`);
    return task;
  }

  /** Runs a command that must succeed, and returns what it printed. */
  async #change(
    args: readonly string[],
    actor: string,
    more: Pick<BdCommand, 'text' | 'input'> = {},
  ): Promise<unknown> {
    const exit = await this.#options.bd.run({ args, actor, writes: true, ...more });
    if (exit.exit_code !== 0) throw failed(args.slice(0, 2).join(' '), exit);
    return this.#read(args[0] ?? '', () => bdPayload(exit.stdout));
  }

  /** What a command that only reads has printed. */
  async #ask(args: readonly string[]): Promise<string> {
    const exit = await this.#options.bd.run({ args, actor: HEW, writes: false });
    if (exit.exit_code !== 0) throw failed(args[0] ?? '', exit);
    return exit.stdout;
  }

  #read<Read>(command: string, read: () => Read): Read {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof z.ZodError || cause instanceof SyntaxError)) throw cause;
      const what = cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : cause.message;
      throw new QueueError(
        `bd ${command} answered what hew does not know (${what}). Try it yourself: bd ${command} --json`,
        {
          cause,
        },
      );
    }
  }
}

const NO_SUCH_ISSUE = /no issues? found|issue \S+ not found/i;
/** A claim that bd refuses for what the task is, in the words of its releases. */
const CLAIM_REFUSED = /already claimed|already assigned|not claimable|blocked|held by/i;

function noteFlag(note: string | undefined): readonly string[] {
  return note ? [`--append-notes=${argument(note)}`] : [];
}

/** Linux allows one argument 128 KB, a character takes up to four bytes, and none can hold a zero byte. */
const LONGEST_ARGUMENT = 30_000;

function argument(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST_ARGUMENT);
}

function failed(command: string, exit: BdExit): QueueError {
  return new QueueError(`bd ${command}: ${bdFailure(exit)}`);
}
