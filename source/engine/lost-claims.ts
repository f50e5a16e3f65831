import type { TaskId } from './ids.js';

/** How long a task is left alone whose claim was lost: who has it may give it back, but not at once. */
const LEFT_ALONE_MS = 30_000;

/** The tasks that somebody else was faster to take. */
export class LostClaims {
  readonly #until = new Map<TaskId, number>();

  /** Notes a lost claim; times are milliseconds since the epoch. */
  add(task: TaskId, now: number): void {
    this.#until.set(task, now + LEFT_ALONE_MS);
  }

  /** The tasks that are not to be claimed now. */
  at(now: number): TaskId[] {
    return [...this.#until].filter(([, until]) => now < until).map(([task]) => task);
  }
}
