/** Under it is everything that hew has kept. */
export const SALVAGE_ROOT = 'refs/hew/salvage/';

/** A salvage's ref as commands take it: without what all of them begin with. Pure. */
export function salvageName(ref: string): string {
  return ref.startsWith(SALVAGE_ROOT) ? ref.slice(SALVAGE_ROOT.length) : ref;
}
