import { lock } from 'proper-lockfile';
import { type Places, runFolder } from './git/places.js';
import type { RunId } from './ids.js';

export type HoldResult =
  | { readonly kind: 'held'; readonly hold: AsyncDisposable }
  | { readonly kind: 'busy' }
  /** The run has no folder: nothing that another hew could do with it. */
  | { readonly kind: 'gone' };

/** Keeps other hews from landing or pruning a run that has ended, or from trying its parked work again, meanwhile. */
export async function holdRun(places: Pick<Places, 'hew'>, run: RunId): Promise<HoldResult> {
  try {
    // Whoever takes the lock away by hand must not bring down a run that goes on.
    const release = await lock(runFolder(places, run), { retries: 0, onCompromised: () => {} });
    return { kind: 'held', hold: { [Symbol.asyncDispose]: () => release().catch(unlessReleased) } };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOCKED') return { kind: 'busy' };
    if (code === 'ENOENT') return { kind: 'gone' };
    throw error;
  }
}

function unlessReleased(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERELEASED' && error.code !== 'ENOTACQUIRED') throw error;
}
