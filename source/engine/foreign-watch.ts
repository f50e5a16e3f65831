import type { Clock } from './clock.js';
import { type ForeignSnapshot, takeForeignSnapshot } from './git/foreign.js';
import type { Git } from './git/git.js';

/** A look that is younger than this still tells what an agent that starts now has found. */
const FRESH_MS = 1_000;

/** Looks at what agents must leave alone, before and after each of them. */
export class ForeignWatch {
  readonly #git: Git;
  readonly #home: string;
  readonly #stopFile: string | null;
  readonly #clock: Clock;
  #last: { readonly snapshot: ForeignSnapshot; readonly at: number } | null = null;

  /** `stopFile` is the user's own sign to the run, as a path from home; null when there is none. */
  constructor(git: Git, home: string, stopFile: string | null, clock: Clock) {
    this.#git = git;
    this.#home = home;
    this.#stopFile = stopFile;
    this.#clock = clock;
  }

  /** What an agent that starts now finds; another agent's end may just have looked. */
  async before(): Promise<ForeignSnapshot> {
    const last = this.#last;
    return last && this.#now() - last.at < FRESH_MS ? last.snapshot : this.after();
  }

  /** What is there now. */
  async after(): Promise<ForeignSnapshot> {
    const at = this.#now();
    const snapshot = await takeForeignSnapshot(this.#git, this.#home, this.#stopFile);
    if (!this.#last || this.#last.at <= at) this.#last = { snapshot, at };
    return snapshot;
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
