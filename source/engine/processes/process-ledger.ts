import { closeSync, openSync, writeSync } from 'node:fs';
import { type LedgerLine, ledgerText } from './ledger-lines.js';
import { ownIdentity } from './process-identity.js';
import type { GroupLeader } from './process-set.js';

/** What a set of processes is for. */
export type SetFacts = Pick<Extract<LedgerLine, { type: 'started' }>, 'role' | 'mark' | 'slot' | 'iteration'>;

/** Where the start and the end of one set are noted. */
export interface SetLedger {
  started(leader: GroupLeader): void;
  /** Nothing of the set lives any more. */
  ended(leader: GroupLeader): void;
}

/**
 * A run's `processes.jsonl`: which sets of processes it has started and which of them may still live, for whoever comes
 * after a hew that was killed. hew's own git and bd are not in it: nobody must end those (LOOP.md §10).
 *
 * A line is written as soon as the pid is known, and not synced: it has to outlive hew, not the machine, whose processes
 * end with it. A set is there a moment before its line is: until then its mark in the environment tells of it.
 */
export class ProcessLedger {
  readonly #file: number;
  readonly #onFailure: (error: unknown) => void;
  #open = 0;
  #failed = false;

  private constructor(file: number, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /**
   * Opens the ledger to append to, mode 0600, and notes that this hew works on the run. Throws when it cannot be opened;
   * what cannot be written is told once to `onFailure`, since marks alone can do, too.
   */
  static async open(path: string, onFailure: (error: unknown) => void): Promise<ProcessLedger> {
    const hew = await ownIdentity();
    const ledger = new ProcessLedger(openSync(path, 'a', 0o600), onFailure);
    ledger.#write({ type: 'opened', hew });
    return ledger;
  }

  /** For one set that is about to be started. */
  forSet(facts: SetFacts): SetLedger {
    return {
      started: (leader) => {
        this.#open += 1;
        this.#write({ type: 'started', leader, ...facts });
      },
      ended: (leader) => {
        this.#open -= 1;
        this.#write({ type: 'ended', leader });
      },
    };
  }

  /** Notes which process watches over this one. */
  guarded(guardian: GroupLeader): void {
    this.#write({ type: 'guarded', guardian });
  }

  /** Lets go of the file. True when nothing of the run lives any more, which is noted then. */
  close(): boolean {
    const isOver = this.#open === 0;
    if (isOver) this.#write({ type: 'closed' });
    closeSync(this.#file);
    return isOver;
  }

  /** Synchronous, so that nothing comes between the start of a set and its line. */
  #write(line: LedgerLine): void {
    try {
      writeSync(this.#file, ledgerText(line));
    } catch (error) {
      if (!this.#failed) this.#onFailure(error);
      this.#failed = true;
    }
  }
}
