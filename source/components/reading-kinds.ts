import type { TranscriptKind } from '../engine/transcript/transcript.js';

/** What the gate's key opens, by what is open: the two gates of an iteration in turn, then its agent again. */
export const GATE_TURNS: Readonly<Record<TranscriptKind, readonly TranscriptKind[]>> = {
  agent: ['gate'],
  diff: ['gate'],
  gate: ['merged_gate', 'agent'],
  merged_gate: ['agent'],
};

/** What there is to say of one that is empty. */
export const NOTHING_YET: Readonly<Record<TranscriptKind, string>> = {
  agent: 'the agent has put out nothing yet',
  gate: 'the gate has put out nothing yet',
  merged_gate: 'the gate has put out nothing yet',
  diff: 'nothing was changed yet',
};
