import type { LiveLine } from '../live-view.js';

/** A line of a transcript: what an agent or a gate has put out, `note` for what only stands around it, or a line of a diff. */
export interface TranscriptLine {
  readonly kind: LiveLine['kind'] | 'note' | 'added' | 'removed' | 'place';
  /** Without control characters; of any length. */
  readonly text: string;
}

/** What one line of a log says. It has one line at least. */
export interface TranscriptPart {
  /** Where it begins in the log, in bytes: this names it. */
  readonly offset: number;
  /** Where the next one begins. */
  readonly next: number;
  /** What is shown of it at first. */
  readonly brief: readonly TranscriptLine[];
  /** All that it says; null when `brief` is all. */
  readonly whole: readonly TranscriptLine[] | null;
}

/** Neighbouring parts of a transcript. */
export interface TranscriptWindow {
  readonly parts: readonly TranscriptPart[];
  /** Bytes of the whole transcript by now. */
  readonly size: number;
}

/** Where to look for a text. */
export interface TranscriptSearch {
  /** Without a capital letter in it, capitals do not matter. */
  readonly text: string;
  /** Where a part begins: the first that is looked at begins there (`forwards`), or is the one before it. */
  readonly from: number;
  readonly direction: 'forwards' | 'backwards';
}

/** A log that is read in windows: it is never in memory as a whole, and may grow meanwhile. */
export interface Transcript extends AsyncDisposable {
  /** Bytes by now. */
  size(): Promise<number>;
  /**
   * Up to `before` parts that end where `offset` is, and up to `after` that follow. An offset inside of a part is taken
   * for that part's beginning, one behind the end for the end.
   */
  around(offset: number, before: number, after: number): Promise<TranscriptWindow>;
  /** The offset of the nearest part that holds the text, or null. Rejects with the signal's reason. */
  find(
    search: TranscriptSearch,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<number | null>;
}

/** What can be read of an iteration. */
export type TranscriptKind = 'agent' | 'gate' | 'merged_gate' | 'diff';

/** One iteration of one worker. */
export interface IterationPlace {
  readonly worker: number;
  readonly iteration: number;
}

/** Something to be read: what the agent and the gate put out, or how the worktree differs from what it began with. */
export interface TranscriptRequest extends IterationPlace {
  readonly kind: TranscriptKind;
}

/** What a request has led to. */
export type TranscriptAnswer =
  | {
      readonly kind: 'open';
      /** `app-12, try 2: gate_red`: what the iteration was for, where that is known. */
      readonly about: string;
      readonly transcript: Transcript;
    }
  /** Says why there is nothing to be read. */
  | { readonly kind: 'missing'; readonly why: string };

/** Where a screen gets what it shows of an iteration in full. */
export interface TranscriptSource {
  open(request: TranscriptRequest): Promise<TranscriptAnswer>;
}
