import pLimit from 'p-limit';
import { systemClock } from '../engine/clock.js';
import type { Project } from '../engine/open-project.js';
import { inspectWorktree, branchOf } from '../engine/prune/inspect-worktree.js';
import { type ListedWorktree, listWorktrees } from '../engine/prune/list-worktrees.js';
import { pruneWorktree } from '../engine/prune/prune-worktree.js';
import type {
  SeenWorktree,
  WorktreeFate,
  WorktreeSource,
  WorktreesView,
} from '../engine/prune/seen-worktrees.js';
import { mayPrune } from '../engine/prune/worktree-standing.js';

/** So many worktrees are looked into at once: agents work meanwhile. */
const AT_ONCE = 2;

/** A worktree with what has been found out of it by now. */
interface Entry {
  readonly listed: ListedWorktree;
  readonly seen: Omit<SeenWorktree, 'fate'>;
}

/** The worktrees of all projects as the screen of one shows and prunes them. */
export class WorktreeDesk implements WorktreeSource {
  readonly #project: () => Promise<Project>;
  readonly #fates = new Map<string, WorktreeFate>();
  readonly #inTurn = pLimit(1);
  #entries: readonly Entry[] = [];
  #onChange: (view: WorktreesView) => void = () => {};

  /** `project` is asked for when the worktrees are looked at for the first time, and each time after. */
  constructor(project: () => Promise<Project>) {
    this.#project = project;
  }

  open(onChange: (view: WorktreesView) => void): Disposable {
    const stop = new AbortController();
    this.#onChange = onChange;
    this.#list(stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) onChange({ kind: 'failed', why: messageOf(error) });
    });
    return {
      [Symbol.dispose]: () => {
        stop.abort();
        if (this.#onChange === onChange) this.#onChange = () => {};
      },
    };
  }

  prune(paths: readonly string[]): void {
    const asked = this.#entries.filter(({ listed, seen }) => paths.includes(listed.path) && isToGo(seen));
    const going = asked.filter(({ listed }) => this.#fates.get(listed.path)?.kind !== 'removing');
    for (const { listed } of going) this.#fates.set(listed.path, { kind: 'removing' });
    this.#tell();
    for (const { listed } of going) void this.#inTurn(() => this.#remove(listed));
  }

  async #remove(listed: ListedWorktree): Promise<void> {
    const fate = await this.#project()
      .then((project) => pruneWorktree(project, systemClock, listed))
      .catch((error: unknown): WorktreeFate => ({ kind: 'left', why: messageOf(error) }));
    this.#fates.set(listed.path, fate);
    this.#tell();
  }

  async #list(signal: AbortSignal): Promise<void> {
    const project = await this.#project();
    const listed = await listWorktrees(project, { all_projects: true });
    if (signal.aborted) return;
    for (const [path, { kind }] of this.#fates) if (kind !== 'removing') this.#fates.delete(path);
    this.#entries = listed.map((each) => ({ listed: each, seen: seenOf(each) }));
    this.#tell();
    const turn = pLimit(AT_ONCE);
    await Promise.all(listed.map((each) => turn(() => this.#measure(project, each, signal))));
  }

  async #measure(project: Project, listed: ListedWorktree, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    // One that cannot be read, or is gone by now, keeps the others from nothing: it is told as such.
    const contents = await inspectWorktree(project, listed, signal).catch(() => 'unreadable' as const);
    if (signal.aborted) return;
    this.#entries = this.#entries.map((entry) =>
      entry.listed === listed ? { listed, seen: { ...entry.seen, contents } } : entry,
    );
    this.#tell();
  }

  #tell(): void {
    const worktrees = this.#entries.map(({ listed, seen }) => ({
      ...seen,
      fate: this.#fates.get(listed.path) ?? { kind: 'there' as const },
    }));
    this.#onChange({ kind: 'listed', worktrees });
  }
}

function isToGo({ prune }: Entry['seen']): boolean {
  return prune.kind === 'yes';
}

function seenOf(listed: ListedWorktree): Entry['seen'] {
  const { run, worker, path, project, standing, listing, heard_of } = listed;
  const idle_ms = Date.now() - heard_of.getTime();
  return {
    run,
    worker,
    path,
    branch: listing?.branch ?? branchOf(listed),
    project,
    standing,
    contents: 'measuring',
    // Whoever has selected it has named it.
    prune: mayPrune(standing, idle_ms, { named: true, older_than_ms: null }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
