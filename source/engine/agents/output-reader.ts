import type { AgentProblem } from '../agent-failure.js';
import type { AgentLine, AgentUsage } from '../ports.js';

/** What a program's output says of the program's own end. */
export interface OutputEnd {
  /** Whether it has told its end, well or not. A program that ends with 0 and has told none may have been cut off. */
  readonly told: boolean;
  /** The failure that was told last and not got over; null when there is none. */
  readonly failure: AgentProblem | null;
}

/** Reads an agent's standard output, line by line. Holds a bounded part of it, and does no input or output of its own. */
export interface OutputReader {
  /** Reads one line (`cut`: only its beginning is here) and gives what of it is to be shown. Never throws. */
  read(line: string, cut?: boolean): readonly AgentLine[];
  /** All that has been used by now; nothing is counted twice, however often it is told. */
  readonly usage: AgentUsage;
  /** The names of the tools that were called, in order; the first 200. */
  readonly toolCalls: readonly string[];
  /** What the agent said last: its closing line and its notes are looked for here. */
  readonly finalText: string;
  /** How it has ended by its own account; `now` gives a time of day its date. */
  end(now: Date): OutputEnd;
}
