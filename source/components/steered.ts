import type { Control } from '../engine/controls.js';
import type { TaskId } from '../engine/ids.js';

/** What is asked before it is done, about the task that it was asked of. */
export type Question =
  | { readonly type: 'abortSlot'; readonly slot: number; readonly task: TaskId }
  | { readonly type: 'skipTask'; readonly task: TaskId }
  | { readonly type: 'drainRun' };

/** What a key that steers the run leads to: a question, or something that is said, with what is asked of the run. */
export type Steered =
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'tell'; readonly text: string; readonly controls: readonly Control[] };

export function tell(text: string, controls: readonly Control[] = []): Steered {
  return { kind: 'tell', text, controls };
}

/** Says why a key does nothing. */
export function cannot(key: string, why: string): Steered {
  return tell(`${key} cannot be used now: ${why}`);
}
