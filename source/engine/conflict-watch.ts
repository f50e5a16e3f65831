import {
  type CommittedWork,
  type ConflictsAhead,
  conflictsAhead,
  mayConflict,
  NO_CONFLICTS_AHEAD,
  type TrialMerge,
  trialMerges,
  workAhead,
} from './conflicts-ahead.js';
import type { EngineEvent } from './events.js';
import { mergeTree } from './git/merge.js';
import { withoutMergeDrivers } from './git/merge-drivers.js';
import { readHead } from './git/read-head.js';
import { watchHead } from './git/watch-head.js';
import type { Sha } from './ids.js';
import type { TrunkContext } from './run-context.js';

/** A look follows so long after the first sign: what a rebase or a series of commits moves is looked at once. */
const LOOK_AFTER_MS = 5_000;

/** What changes trunk, or what is still to be merged. */
const CHANGES = new Set<EngineEvent['type']>([
  'agent.finished',
  'merge.finished',
  'trunk.caught_up',
  'parked.settled',
  'iteration.finished',
]);

type WatchContext = Pick<TrunkContext, 'git' | 'events' | 'places' | 'clock' | 'aborted'>;

/** The files of one merge on trial that are in conflict; null when it is clean. */
type Files = readonly string[] | null;

/**
 * Tells, while agents still work, whose work would conflict if it were merged now (`workers.conflicting`). It looks when
 * the HEAD of a worktree or trunk has moved, one git after the other, and starts none while nothing moves. What goes
 * wrong with it is told as not known, and is nothing to the run.
 */
export class ConflictWatch implements AsyncDisposable {
  readonly #context: WatchContext;
  readonly #watches = new Map<number, Disposable>();
  /** Workers whose HEAD the kernel does not tell of. */
  readonly #unwatched = new Set<number>();
  /** Workers whose HEAD may be elsewhere than in `#tips`. */
  readonly #moved = new Set<number>();
  readonly #tips = new Map<number, Sha>();
  readonly #disposed = new AbortController();
  readonly #ended: AbortSignal;
  readonly #unsubscribe: () => void;
  /** What was compared last. */
  #committed: readonly CommittedWork[] = [];
  #tried: ReadonlyMap<string, Files> = new Map();
  #told: ConflictsAhead = NO_CONFLICTS_AHEAD;
  /** With which a merge on trial has no effect; null before the first. */
  #env: Readonly<Record<string, string>> | null = null;
  #isDue = false;
  #looking: Promise<void> | null = null;

  constructor(context: WatchContext) {
    this.#context = context;
    this.#ended = AbortSignal.any([context.aborted, this.#disposed.signal]);
    this.#unsubscribe = context.events.subscribe((event) => this.#take(event));
    for (const { worker, git_dir, place } of context.events.state.workers.values()) {
      if (place === 'active') this.#watch(worker, git_dir);
    }
  }

  /** Ends it; resolves when no git of it runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort();
    this.#unsubscribe();
    for (const worker of this.#watches.keys()) this.#leave(worker);
    await this.#looking;
    this.#tell(NO_CONFLICTS_AHEAD);
  }

  #take(event: EngineEvent): void {
    const { type } = event;
    if (type === 'worker.created') this.#watch(event.worker, event.git_dir);
    else if (type === 'worker.parked' || type === 'worker.removed') this.#leave(event.worker);
    // Its worktree is about to be reset, which is told as a move.
    else if (type === 'iteration.started') this.#tips.delete(event.worker);
    else if (type === 'agent.line') {
      if (this.#unwatched.has(event.worker)) this.#move(event.worker);
    } else if (CHANGES.has(type)) this.#lookSoon();
  }

  #watch(worker: number, gitDir: string): void {
    this.#leave(worker);
    const lost = (): void => void this.#unwatched.add(worker);
    this.#watches.set(worker, watchHead(gitDir, { moved: () => this.#move(worker), lost }));
  }

  #leave(worker: number): void {
    this.#watches.get(worker)?.[Symbol.dispose]();
    this.#watches.delete(worker);
    this.#unwatched.delete(worker);
  }

  #move(worker: number): void {
    this.#moved.add(worker);
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#isDue = true;
    this.#looking ??= this.#lookWhileDue();
  }

  async #lookWhileDue(): Promise<void> {
    while (this.#isDue && !this.#ended.aborted) {
      await this.#context.clock.sleep(LOOK_AFTER_MS, this.#ended);
      this.#isDue = false;
      try {
        await this.#look();
      } catch (error) {
        // A warning that cannot be given must not cost anybody the run.
        this.#tell({ conflicts: [], reason: reasonOf(error) });
      }
    }
    this.#looking = null;
  }

  async #look(): Promise<void> {
    const { events, clock } = this.#context;
    const unread = await this.#readTips();
    const { committed, reason: undiffed } = await this.#readCommitted();
    const merges = trialMerges(committed, events.state);
    const tried = new Map<string, Files>();
    let reason = unread ?? undiffed;
    for (const merge of merges) {
      if (this.#ended.aborted) return;
      try {
        tried.set(nameOf(merge), await this.#try(merge));
      } catch (error) {
        reason ??= reasonOf(error);
      }
    }
    // What is not compared any more need not be remembered.
    this.#tried = tried;
    const told = merges.map((merge) => ({ ...merge, files: tried.get(nameOf(merge)) ?? null }));
    const now = clock.now().toISOString();
    this.#tell({ conflicts: conflictsAhead(told, this.#told.conflicts, now), reason });
  }

  /** Reads where HEAD is in the worktrees that may have moved it. Returns why it cannot, where it cannot. */
  async #readTips(): Promise<string | null> {
    const { git, events, places } = this.#context;
    let reason: string | null = null;
    for (const work of workAhead(events.state)) {
      if (this.#ended.aborted || !this.#moved.delete(work.worker)) continue;
      this.#tips.delete(work.worker);
      try {
        const tip = await readHead(git, work, places.common_dir);
        if (tip !== null) this.#tips.set(work.worker, tip);
      } catch (error) {
        reason ??= reasonOf(error);
      }
    }
    return reason;
  }

  /** What is committed by now, with the paths that it changes; and why some of that is not known. */
  async #readCommitted(): Promise<{ committed: readonly CommittedWork[]; reason: string | null }> {
    const { git, events } = this.#context;
    const begun = workAhead(events.state).flatMap((each) => {
      const tip = this.#tips.get(each.worker);
      return tip === undefined || tip === each.base ? [] : [{ ...each, tip }];
    });
    const committed: CommittedWork[] = [];
    let reason: string | null = null;
    for (const each of mayConflict(begun, events.state.trunk) ? begun : []) {
      if (this.#ended.aborted) break;
      const { worker, path, base, tip } = each;
      const known = this.#committed.find(
        (one) => one.worker === worker && one.tip === tip && one.base === base,
      );
      const changed = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', base, tip];
      try {
        committed.push({ ...each, files: known?.files ?? new Set(await git.list(path, changed)) });
      } catch (error) {
        reason ??= reasonOf(error);
      }
    }
    this.#committed = committed;
    return { committed, reason };
  }

  async #try(merge: TrialMerge): Promise<Files> {
    const known = this.#tried.get(nameOf(merge));
    if (known !== undefined) return known;
    const { git } = this.#context;
    this.#env ??= await withoutMergeDrivers(git, merge.path);
    const merged = await mergeTree(git, merge.path, merge.ours, merge.theirs, { env: this.#env });
    return merged.kind === 'conflict' ? merged.files : null;
  }

  #tell({ conflicts, reason }: ConflictsAhead): void {
    if (JSON.stringify({ conflicts, reason }) === JSON.stringify(this.#told)) return;
    this.#told = { conflicts, reason };
    this.#context.events.pass({ type: 'workers.conflicting', conflicts: [...conflicts], reason });
  }
}

/** The same two commits merge to the same. */
function nameOf({ ours, theirs }: TrialMerge): string {
  return `${ours} ${theirs}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
