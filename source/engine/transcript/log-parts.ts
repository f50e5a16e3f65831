import { parseJsonLine } from '../agents/parse-json-line.js';
import type { Redactor } from '../redactor.js';
import { claudeSaid } from './claude-said.js';
import { codexSaid } from './codex-said.js';
import type { LogLine } from './log-lines.js';
import { readableLine } from './readable-line.js';
import { type Said, saidAround } from './said-part.js';
import type { TranscriptKind, TranscriptLine, TranscriptPart } from './transcript.js';

/** Makes a part of a transcript out of a line of its log. */
export type PartOf = (line: LogLine) => TranscriptPart;

/** What is to be known of a log, to read it. */
export interface LogFacts {
  readonly kind: TranscriptKind;
  /** The worktree: paths inside it are shown relative to it. */
  readonly cwd: string | null;
  /** Files of a worktree may hold secrets, of which logs have been freed before. */
  readonly redactor: Redactor;
}

/** How the lines of such a log are read. */
export function partsOf({ kind, cwd, redactor }: LogFacts): PartOf {
  const saidBy = (line: LogLine): readonly Said[] => {
    switch (kind) {
      case 'agent':
        return saidByAgent(line, cwd);
      case 'gate':
      case 'merged_gate':
        return [plain('gate', line)];
      case 'diff':
        return [plain(diffKind(line.text), line)];
    }
  };
  return (line) => part(line, saidBy({ ...line, text: redactor.text(line.text) }));
}

/** Each piece follows the one before; what says nothing is told to be there. */
function part({ offset, next }: LogLine, said: readonly Said[]): TranscriptPart {
  const brief = said.flatMap((each) => each.brief);
  const isAll = said.every((each) => each.whole === null);
  return {
    offset,
    next,
    brief: brief.length === 0 ? [{ kind: 'note', text: '' }] : brief,
    whole: isAll ? null : said.flatMap((each) => each.whole ?? each.brief),
  };
}

function plain(kind: TranscriptLine['kind'], { text, cut, next, offset }: LogLine): Said {
  const left = cut ? ` … (a line of ${next - offset} bytes: only its beginning is shown)` : '';
  return { brief: [{ kind, text: `${readableLine(text)}${left}` }], whole: null };
}

/** What one line of an agent's output says: the one place that knows which languages agents speak. */
function saidByAgent(line: LogLine, cwd: string | null): readonly Said[] {
  const value = line.cut ? undefined : parseJsonLine(line.text)?.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [plain('text', line)];
  return claudeSaid(value, cwd) ?? codexSaid(value, cwd) ?? [saidAround(nameOf(value), value)];
}

function nameOf(value: object): string {
  return 'type' in value && typeof value.type === 'string' ? value.type : 'message';
}

function diffKind(text: string): TranscriptLine['kind'] {
  if (text.startsWith('@@')) return 'place';
  if (/^(?:diff |\+\+\+ |--- |index |new file|deleted file|rename |similarity |old mode|new mode)/.test(text))
    return 'note';
  if (text.startsWith('+')) return 'added';
  return text.startsWith('-') ? 'removed' : 'text';
}
