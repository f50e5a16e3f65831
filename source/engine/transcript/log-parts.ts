import { claudeSaid } from './claude-said.js';
import type { LogLine } from './log-lines.js';
import { readableLine } from './readable-line.js';
import { type Said, saidAround, saidInFull } from './said-part.js';
import type { TranscriptKind, TranscriptLine, TranscriptPart } from './transcript.js';

/** Makes a part of a transcript out of a line of its log. */
export type PartOf = (line: LogLine) => TranscriptPart;

/** How the lines of such a log are read. `cwd` is the worktree: paths inside it are shown relative to it. */
export function partsOf(kind: TranscriptKind, cwd: string | null): PartOf {
  switch (kind) {
    case 'agent':
      return (line) => part(line, saidByAgent(line, cwd));
    case 'gate':
    case 'merged_gate':
      return (line) => part(line, [plain('gate', line)]);
    case 'diff':
      return (line) => part(line, [plain(diffKind(line.text), line)]);
  }
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

/** What one line of an agent's output says: the one place that knows how agents speak. */
function saidByAgent(line: LogLine, cwd: string | null): readonly Said[] {
  const value = line.cut || !line.text.startsWith('{') ? undefined : parsed(line.text);
  if (value === undefined) return line.text.trim() === '' ? [saidInFull('text', '')] : [plain('text', line)];
  return claudeSaid(value, cwd) ?? [saidAround(nameOf(value), value)];
}

function nameOf(value: object): string {
  const type = 'type' in value && typeof value.type === 'string' ? value.type : 'message';
  const inner = 'item' in value && typeof value.item === 'object' && value.item ? nameOf(value.item) : '';
  return `${type} ${inner}`.trimEnd();
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    // Plain text, or a message of which the rest is still to come.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function diffKind(text: string): TranscriptLine['kind'] {
  if (text.startsWith('@@')) return 'place';
  if (/^(?:diff |\+\+\+ |--- |index |new file|deleted file|rename |similarity |old mode|new mode)/.test(text))
    return 'note';
  if (text.startsWith('+')) return 'added';
  return text.startsWith('-') ? 'removed' : 'text';
}
