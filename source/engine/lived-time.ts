import type { RunState } from './state.js';

/**
 * The time between two moments in which the run was not dead, in milliseconds; the moments are milliseconds since 1970.
 * A clock that was set back adds and takes nothing. Pure.
 */
export function livedTime({ away }: Pick<RunState, 'away'>, from: number, to: number): number {
  const dead = away.reduce(
    (sum, stretch) => sum + Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from)),
    0,
  );
  return Math.max(0, to - from - dead);
}
