import { plainLine } from '../plain-line.js';

/** What an agent wants to be remembered of its work. */
export interface AgentNotes {
  readonly decisions: readonly string[];
  readonly deferred: readonly string[];
}

const MOST = 50;
const NOTE_LENGTH = 500;
const NOTE = /^[\s>#*_~`-]*(decision|deferred)[*_~`]*:[*_~`]*\s*(\S.*)$/i;

/** The lines `decision: …` and `deferred: …` of an agent's final text, the first 50 of each. Pure. */
export function agentNotes(text: string): AgentNotes {
  const notes = { decision: new Array<string>(), deferred: new Array<string>() };
  for (const line of text.split('\n')) {
    const [, kind = '', note = ''] = NOTE.exec(plainLine(line, NOTE_LENGTH + 100)) ?? [];
    const list = kind.toLowerCase() === 'decision' ? notes.decision : notes.deferred;
    if (kind !== '' && list.length < MOST) list.push(plainLine(note, NOTE_LENGTH));
  }
  return { decisions: notes.decision, deferred: notes.deferred };
}
