import type { IterationPlace, TranscriptKind } from '../engine/transcript/transcript.js';
import type { ReadingPage } from './reading-page.js';

/** What is read of which iteration. */
export interface ReadingSubject extends IterationPlace {
  readonly kind: TranscriptKind;
  /** The so-manieth of the slot's iterations. */
  readonly number: number;
  readonly of: number;
  readonly about: string;
}

/** What is to be drawn of what is read. Immutable. */
export interface ReadingView extends ReadingPage {
  readonly slot: number;
  /** Null while nothing is open. */
  readonly subject: ReadingSubject | null;
  /** Bytes of the transcript. */
  readonly size: number;
  /** What is written stays in sight. */
  readonly follows: boolean;
  /** What was searched last. */
  readonly search: string | null;
  /** How far a search is, from 0 to 1; null when there is none. */
  readonly searching: number | null;
  /** What the last key has led to, or why it has not. */
  readonly message: string | null;
}

/** Before anything is open. */
export const FIRST_READING: ReadingView = {
  slot: 1,
  subject: null,
  rows: [],
  cursor: 0,
  size: 0,
  follows: true,
  search: null,
  searching: null,
  message: null,
};
