import type { LiveSnapshot } from '../engine/live-view.js';

/** All that the screen draws, at one moment. Immutable; what has not changed is the same object as before. */
export interface ScreenData {
  readonly live: LiveSnapshot;
  /** What has happened, as plain lines, the newest last. */
  readonly news: readonly string[];
  /** The summary in the screen's width once the run is over; null while it goes on. */
  readonly summary: string | null;
  /** Room on the disk that the run works on; null when it is not known. */
  readonly free_disk_bytes: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}
