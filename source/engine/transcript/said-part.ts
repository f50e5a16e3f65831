import { readableValue } from './readable-value.js';
import { readableLine, readableLines } from './readable-line.js';
import type { TranscriptLine } from './transcript.js';

/** What a piece of a message says: what is shown of it at first, and all of it where that is more. */
export interface Said {
  readonly brief: readonly TranscriptLine[];
  readonly whole: readonly TranscriptLine[] | null;
}

type Kind = TranscriptLine['kind'];

/** What of a call stands in its one line. */
export const CALL_LENGTH = 500;
/** Of what a tool has answered the end is shown at first: that is where a test tells how it went. */
const RESULT_LINES = 3;
/** Of what only stands around the work so much is shown at first. */
const NOTE_LENGTH = 200;

/** Something that is shown whole. Pure. */
export function saidInFull(kind: Kind, text: string): Said {
  return { brief: linesOf(kind, text), whole: null };
}

/** The answer of a tool: its last lines, and how many there are before them. Pure. */
export function saidByTool(kind: 'result' | 'error', text: string): Said {
  const whole = linesOf(kind, text);
  const last = whole.slice(-RESULT_LINES);
  const before = whole.length - last.length;
  if (before === 0)
    return { brief: whole.length === 0 ? [{ kind, text: '(no output)' }] : whole, whole: null };
  return { brief: [{ kind, text: `… ${before} more` }, ...last], whole };
}

/** A call of a tool in one line, and what it was given. Pure. */
export function saidOfCall(line: string, input: unknown): Said {
  const call = { kind: 'tool', text: line } as const;
  const given = readableValue(input).map((text) => ({ kind: 'note', text: readableLine(text) }) as const);
  return { brief: [call], whole: given.length === 0 ? null : [call, ...given] };
}

/** Something that only stands around the work, in one line, and all of it. Pure. */
export function saidAround(name: string, value: unknown): Said {
  const whole = readableValue(value).map((text) => ({ kind: 'note', text: readableLine(text) }) as const);
  const [first = ''] = readableLines(textOfMostWords(value));
  const told = `${name}${first === '' ? '' : `: ${first}`}`;
  const text = told.length > NOTE_LENGTH ? `${told.slice(0, NOTE_LENGTH - 1).toWellFormed()}…` : told;
  return { brief: [{ kind: 'note', text: readableLine(text) }], whole };
}

function linesOf(kind: Kind, text: string): readonly TranscriptLine[] {
  return readableLines(text).map((line) => ({ kind, text: line }));
}

/** Most messages that hew does not know say what they say in their text of most words; names and signatures are one word. */
function textOfMostWords(value: unknown): string {
  const texts = textsIn(value).map((text) => ({ text, words: text.trim().split(/\s+/).length }));
  const none = { text: '', words: 1 };
  return texts.reduce((most, each) => (each.words > most.words ? each : most), none).text;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
