import { useEffect, useRef, useState } from 'react';
import type { RunState } from '../engine/state.js';
import type { TranscriptSource } from '../engine/transcript/transcript.js';
import type { ReadingRoom } from './pager.js';
import { Reading } from './reading.js';
import type { ReadingCommand } from './reading-command.js';
import type { ReadingView } from './reading-view.js';

/** Where what is read comes from, and what is copied goes. */
export interface ReadingPorts {
  readonly transcripts: TranscriptSource;
  /** Puts a text into the clipboard; false when it is too long for that. */
  readonly copy: (text: string) => boolean;
}

/** What is read in full. */
export interface ReadingHandle {
  /** Null on the dashboard. */
  readonly view: ReadingView | null;
  /** What `view` is by now, even if nothing was drawn since. */
  latest(): ReadingView | null;
  act(command: ReadingCommand, state: RunState): void;
  /** Looks whether there is more to read by now. */
  poll(state: RunState): void;
}

/** Reads slots in full in the room that there is on the screen. */
export function useReading({ transcripts, copy }: ReadingPorts, room: ReadingRoom): ReadingHandle {
  const reading = useRef<Reading | null>(null);
  const [view, setView] = useState<ReadingView | null>(null);
  const { width, height } = room;

  useEffect(() => reading.current?.fit({ width, height }), [width, height]);
  useEffect(() => () => reading.current?.[Symbol.dispose](), []);

  return {
    view,
    latest: () => reading.current?.view ?? null,
    act(command, state) {
      if (command.type === 'open' || command.type === 'leave') {
        reading.current?.[Symbol.dispose]();
        reading.current = null;
        setView(null);
      }
      if (command.type === 'open') {
        const options = { slot: command.slot, source: transcripts, copy, onChange: setView };
        reading.current = new Reading(options, room);
        setView(reading.current.view);
        reading.current.poll(state);
      } else if (command.type !== 'leave') {
        reading.current?.act(command, state);
      }
    },
    poll: (state) => reading.current?.poll(state),
  };
}
