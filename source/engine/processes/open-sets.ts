import type { LedgerLine } from './ledger-lines.js';
import { type ProcessIdentity, reachOf } from './process-identity.js';
import type { GroupLeader } from './process-set.js';

/** What of a run may still live, by its ledger. */
export interface OpenSets {
  /** The hew that works or has worked on the run last; null when the ledger tells of none. */
  readonly hew: ProcessIdentity | null;
  readonly guardian: GroupLeader | null;
  /** Sets that were started and of which nobody noted the end. */
  readonly groups: readonly GroupLeader[];
  /** When the first hew of the run started that may have left something; null where that is not known. */
  readonly since: string | null;
}

const NOTHING: OpenSets = { hew: null, guardian: null, groups: [], since: null };

/** Reads out of a ledger what may still live, as far as this machine, since its last start, can know. Pure. */
export function openSets(lines: readonly LedgerLine[], self: ProcessIdentity): OpenSets {
  return lines.reduce((known, line) => after(known, line, self), NOTHING);
}

function after(known: OpenSets, line: LedgerLine, self: ProcessIdentity): OpenSets {
  switch (line.type) {
    case 'opened': {
      const { hew } = line;
      // Pids of before a reboot mean nothing any more; those of another host never did here.
      const earlier = known.hew !== null && reachOf(known.hew, self) === 'here' ? known : NOTHING;
      return { ...earlier, hew, guardian: null, since: earlier.since ?? hew.started };
    }
    case 'guarded':
      return { ...known, guardian: line.guardian };
    case 'started':
      return { ...known, groups: [...known.groups, line.leader] };
    case 'ended':
      return { ...known, groups: known.groups.filter((each) => !isSame(each, line.leader)) };
    case 'closed':
      return NOTHING;
  }
}

function isSame(one: GroupLeader, other: GroupLeader): boolean {
  return one.pid === other.pid && one.started === other.started;
}
