import { cpuOf, type ProcessSet } from './process-set.js';

/** What is watched, and who is told. */
export interface StallWatchOptions {
  readonly set: ProcessSet;
  /** Milliseconds without any output and without any processor time of the set, after which it has stalled. */
  readonly stallMs: number;
  /** When the last output came, on the clock of `performance.now()`. */
  readonly lastOutput: () => number;
  /**
   * Told when a third of that time has passed, with the milliseconds by then; and with 0 at the next sign of life, which is
   * output or processor time.
   */
  readonly onQuiet: (quietMs: number) => void;
  /** Told once. */
  readonly onStall: () => void;
}

/** So often within the time of a stall the processor time is read: a reading costs a scan of the machine's processes. */
const LOOKS = 8;
/** The part of it after which a person should know. */
const QUIET_PART = 1 / 3;

/** Watches a set of processes for a stall until it is disposed of. */
export function watchForStall({ set, stallMs, lastOutput, onQuiet, onStall }: StallWatchOptions): Disposable {
  let active = performance.now();
  let cpu: number | null = null;
  let looking = false;
  let told = false;
  const look = async (): Promise<void> => {
    const now = performance.now();
    const used = await cpuOf(set);
    if (cpu !== used) active = now;
    cpu = used;
    const quiet = performance.now() - Math.max(active, lastOutput());
    const isQuiet = quiet >= stallMs * QUIET_PART;
    if (isQuiet !== told) onQuiet(isQuiet ? quiet : 0);
    told = isQuiet;
    if (quiet < stallMs) return;
    clearInterval(timer);
    onStall();
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    // A look that fails tells nothing: the next one may.
    look().then(
      () => (looking = false),
      () => (looking = false),
    );
  }, stallMs / LOOKS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
