import type { Sha } from './ids.js';
import type { RunState } from './state.js';

/** Where the run's merges are. */
export type LandingSummary =
  /** No merge to bring home, or not yet any. */
  | { readonly kind: 'nothing' }
  /** `undo`: the command that takes it back, given at home; it refuses to lose what is not committed. */
  | {
      readonly kind: 'landed';
      readonly branch: string;
      readonly from: Sha;
      readonly to: Sha;
      readonly undo: string;
    }
  /** There is no branch to land on. */
  | { readonly kind: 'detached'; readonly trunk: string; readonly to: Sha }
  | {
      readonly kind: 'not_landed';
      readonly branch: string;
      readonly to: Sha;
      /** Null when it was not tried. */
      readonly reason: string | null;
    };

/** Where the run's merges are, by what is known now. Pure. */
export function landingSummary({ run, trunk, landing }: RunState): LandingSummary {
  if (landing.kind === 'landed') {
    const { how, from, to } = landing;
    if (how === 'detached')
      return run?.trunk ? { kind: 'detached', trunk: run.trunk, to } : { kind: 'nothing' };
    if (how === 'nothing' || from === to || !run?.starting_branch) return { kind: 'nothing' };
    return { kind: 'landed', branch: run.starting_branch, from, to, undo: `git reset --keep ${from}` };
  }
  // Without a trunk the work is where it belongs; without a branch there is nothing that it could be missing from.
  if (!run?.trunk || run.starting_branch === null || trunk === null) return { kind: 'nothing' };
  if (landing.kind === 'not_tried' && trunk === run.starting_sha) return { kind: 'nothing' };
  const reason = landing.kind === 'refused' ? landing.reason : null;
  return {
    kind: 'not_landed',
    branch: run.starting_branch,
    to: landing.kind === 'not_tried' ? trunk : landing.to,
    reason,
  };
}
