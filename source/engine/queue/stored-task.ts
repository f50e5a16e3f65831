import type { Task } from '../ports.js';

/** A task as the embedded queue keeps it: the port's fields and the one that only readiness asks for. */
export interface StoredTask extends Task {
  /** Not before this moment; null when nothing is put off. */
  readonly defer_until: string | null;
}
