/** What is known of a worktree before it is decided what it is. */
export interface WorktreeFacts {
  /** What lies at its path; `gone` when nothing does. */
  readonly place: 'folder' | 'link' | 'gone';
  /** Whether git's own list of this project has it. */
  readonly listed: boolean;
  /** Why somebody has locked it by `git worktree lock`; null when nobody has. */
  readonly locked: string | null;
  /** Whose the run's folder of worktrees is, by its owner.json. */
  readonly owner:
    | { readonly kind: 'this' }
    /** An earlier hew wrote none. */
    | { readonly kind: 'none' }
    | { readonly kind: 'unreadable' }
    /** `unknown` says why nothing can be told of its run; null when it can. */
    | { readonly kind: 'other'; readonly project: string; readonly unknown: string | null };
  readonly run: RunLife;
  /** The task that it was parked with, and the bug that was filed for it; null when it is not parked. */
  readonly parked: { readonly task: string; readonly bug: string | null } | null;
}

/** Whether a run goes on, by its lock and not by what its files say. */
export type RunLife =
  | { readonly kind: 'alive'; readonly holder: string }
  /** It has ended, and another hew is busy with its worktrees just now. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'crashed' }
  /** Nothing of it is left but its worktrees. */
  | { readonly kind: 'forgotten' }
  /** Its files cannot be read, so nobody can tell which of its workers are parked. */
  | { readonly kind: 'unreadable'; readonly problem: string };

type ForeignState = 'orphan' | 'parked' | 'alive' | 'unclear' | 'unknown';

/** What a worktree is; only an orphan is pruned unasked, a parked one when its run is named. */
export type Standing =
  | { readonly kind: 'orphan'; readonly why: string }
  | { readonly kind: 'parked'; readonly why: string }
  | { readonly kind: 'alive'; readonly why: string }
  /** Another project's: `state` is what it is there, as far as this project can tell. */
  | { readonly kind: 'foreign'; readonly state: ForeignState; readonly why: string }
  /** It is never touched by hew: a person has to look. */
  | { readonly kind: 'unclear'; readonly why: string };

/** What a worktree is, and why. What stands against touching it is looked at first. Pure. */
export function worktreeStanding(facts: WorktreeFacts): Standing {
  const { owner, locked } = facts;
  if (owner.kind === 'other') return elsewhere(owner, facts);
  if (owner.kind === 'none' && !facts.listed) {
    const why = 'unknown, because nothing says which project it belongs to';
    return { kind: 'foreign', state: 'unknown', why };
  }
  if (owner.kind === 'unreadable')
    return { kind: 'unclear', why: 'its owner.json cannot be read, so nobody can tell whose it is' };
  const held = inUse(facts);
  if (held !== null) return held;
  if (!facts.listed) return { kind: 'unclear', why: 'git does not list it as a worktree any more' };
  if (locked !== null)
    return { kind: 'unclear', why: `it is locked by git${locked === '' ? '' : `: ${locked}`}` };
  return told(facts);
}

/** What it is in another project, whose git is asked nothing. */
function elsewhere(
  { project, unknown }: Extract<WorktreeFacts['owner'], { kind: 'other' }>,
  facts: WorktreeFacts,
): Standing {
  const its = `it belongs to ${project}`;
  if (unknown !== null)
    return { kind: 'foreign', state: 'unknown', why: `${its}; unknown, because ${unknown}` };
  const there = inUse(facts) ?? told(facts);
  return { kind: 'foreign', state: there.kind, why: `${its}; ${there.why}` };
}

type OwnStanding = Exclude<Standing, { kind: 'foreign' }>;

function inUse({ run, place }: WorktreeFacts): OwnStanding | null {
  if (run.kind === 'alive') return { kind: 'alive', why: `its run is alive (${run.holder})` };
  if (run.kind === 'busy') return { kind: 'alive', why: 'another hew works with its run just now' };
  if (place === 'link') return { kind: 'unclear', why: 'it is a symbolic link, and hew goes through none' };
  return null;
}

function told({ run, place, parked }: WorktreeFacts): OwnStanding {
  if (parked !== null) {
    const bug = parked.bug === null ? '' : ` for bug ${parked.bug}`;
    return { kind: 'parked', why: `it is parked with ${parked.task}${bug}, for a person` };
  }
  switch (run.kind) {
    case 'unreadable':
      return { kind: 'parked', why: `it may be parked: ${run.problem}` };
    case 'ended':
      return { kind: 'orphan', why: place === 'gone' ? 'its folder is gone' : 'its run has ended' };
    case 'crashed':
      return { kind: 'orphan', why: place === 'gone' ? 'its folder is gone' : 'its run has crashed' };
    case 'forgotten':
      return { kind: 'orphan', why: 'nothing else of its run is left' };
    case 'alive':
    case 'busy':
      return { kind: 'alive', why: 'its run is alive' };
  }
}

/** What a prune was asked for, beside the worktree itself. */
export interface PruneLimits {
  /** The worktree's run was named. */
  readonly named: boolean;
  /** How long ago its run was last heard of must be more than that; null for any. */
  readonly older_than_ms: number | null;
}

/** Whether a worktree may be removed; if not, why, in words. Pure. */
export function mayPrune(
  standing: Standing,
  idle_ms: number,
  limits: PruneLimits,
): { readonly kind: 'yes' } | { readonly kind: 'no'; readonly why: string } {
  const no = (why: string): { kind: 'no'; why: string } => ({ kind: 'no', why });
  if (limits.older_than_ms !== null && idle_ms <= limits.older_than_ms) return no('it is not that old');
  switch (standing.kind) {
    case 'orphan':
      return { kind: 'yes' };
    case 'parked':
      return limits.named ? { kind: 'yes' } : no(`${standing.why}; name its run to prune it: --run`);
    case 'alive':
    case 'foreign':
    case 'unclear':
      return no(standing.why);
  }
}

/** What a worktree is, whosever it is, in a word. Pure. */
export function stateOf(standing: Standing): ForeignState {
  return standing.kind === 'foreign' ? standing.state : standing.kind;
}
