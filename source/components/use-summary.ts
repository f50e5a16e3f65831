import { useEffect, useMemo, useRef, useState } from 'react';
import type { TaskId } from '../engine/ids.js';
import { FIRST_SUMMARY, pressSummaryKey, type SummaryFacts, type SummaryState } from './press-summary-key.js';
import { screenText } from './screen-text.js';

/** Tells what happened to a task, as text for a screen of so many columns. */
export type TellStory = (task: TaskId, columns: number) => Promise<string>;

/** What is read at the end of a run. */
interface SummaryRequest {
  /** Null while the run goes on. */
  readonly summary: string | null;
  readonly columns: number;
  readonly tell: TellStory;
}

/** The summary while it is on the screen. */
export interface SummaryHandle {
  /** The lines of the summary, or of the story that is read; null while the run goes on. */
  readonly lines: readonly string[] | null;
  readonly state: SummaryState;
  /** Whether the last key, drawn or not yet, has left it with a text that is typed. */
  isTyping(): boolean;
  /** Does what a key asks; false when the screen is to be left. */
  press(key: string, facts: Omit<SummaryFacts, 'lines'>): boolean;
}

const READING: readonly string[] = [' reads the journal …'];

interface ToldStory {
  readonly task: TaskId;
  readonly lines: readonly string[];
}

/** Shows how a run has ended, and the stories of its tasks. */
export function useSummary({ summary, columns, tell }: SummaryRequest): SummaryHandle {
  const [state, setState] = useState(FIRST_SUMMARY);
  const [told, setTold] = useState<ToldStory | null>(null);
  // Keys that come in one piece are all pressed before anything is drawn.
  const latest = useRef(FIRST_SUMMARY);
  const inAll = useMemo(() => (summary === null ? null : linesOf(summary)), [summary]);
  const task = state.story?.task ?? null;

  useEffect(() => {
    if (task === null) return undefined;
    let isShown = true;
    const show = (text: string): void => {
      if (isShown) setTold({ task, lines: linesOf(text) });
    };
    tell(task, columns).then(show, (error: unknown) =>
      show(` It cannot be told: ${error instanceof Error ? error.message : String(error)}`),
    );
    return () => {
      isShown = false;
    };
  }, [task, columns, tell]);

  const linesIn = ({ story }: SummaryState): readonly string[] | null => {
    if (inAll === null || story === null) return inAll;
    return told?.task === story.task ? told.lines : READING;
  };
  return {
    lines: linesIn(state),
    state,
    isTyping: () => latest.current.typing !== null,
    press(key, facts) {
      const next = pressSummaryKey(latest.current, key, { ...facts, lines: linesIn(latest.current) ?? [] });
      if (next === 'leave') return false;
      latest.current = next;
      setState(next);
      return true;
    },
  };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map(screenText);
}
