import type { Clock } from './clock.js';
import type { RunState } from './state.js';

/** How long a run that was cut has been dead: since its last event, in milliseconds. */
export function deadFor({ updated_at }: RunState, clock: Clock): number {
  return Math.max(0, clock.now().getTime() - Date.parse(updated_at ?? ''));
}
