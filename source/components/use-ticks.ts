import { useEffect, useLayoutEffect, useRef } from 'react';

/** Data reaches the screen so often where that costs little; a key is drawn at once. */
const SHORTEST_MS = 200;
/** However much is drawn, a person sees that it goes on. */
const LONGEST_MS = 500;
/** Drawing may take one part in so many of the time. */
const SHARE = 22;

/** How long to wait for the next tick after a drawing that has taken so many milliseconds. Pure. */
export function tickInterval(drawingMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, drawingMs * SHARE));
}

/**
 * Calls `tick` five times a second, and less often where it takes long to draw what it has changed (`drawn`), so that a screen
 * full of fast agents costs little more than a quiet one.
 */
export function useTicks(tick: () => void, drawn: unknown): void {
  const drawing = useRef<{ began: number | null; took: number }>({ began: null, took: 0 });
  const shown = useRef(drawn);
  // Ink draws while React commits, before this is called.
  useLayoutEffect(() => {
    if (shown.current === drawn) return;
    shown.current = drawn;
    const { began } = drawing.current;
    // What a key has changed is not waited for.
    if (began !== null) drawing.current = { began: null, took: performance.now() - began };
  });
  const latest = useRef(tick);
  useLayoutEffect(() => {
    latest.current = tick;
  });
  useEffect(() => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      timer = setTimeout(() => {
        drawing.current.began = performance.now();
        latest.current();
        wait();
      }, tickInterval(drawing.current.took));
    };
    wait();
    return () => clearTimeout(timer);
  }, []);
}
