import type { TaskId } from '../ids.js';
import { plainLine } from '../plain-line.js';
import type { ClosingWord } from '../ports.js';

const LINE_LENGTH = 4000;
const WHY_LENGTH = 1000;

/**
 * The line with which an agent says how its task went: the last one in `text` that is `closed <id>` or
 * `blocked <id>: <why>` for this very task. Markdown around the words, capitals in the first and a full stop at the
 * end do not matter; the id matters to the letter. Null when there is no such line. Pure.
 */
export function closingWord(text: string, task: TaskId): ClosingWord | null {
  // Before the word: quotes, bullets, headings, emphasis, code. Around the id: emphasis and code.
  const form = new RegExp(
    String.raw`^([\s>#*_~\x60-]*)([A-Za-z]+)([*_~\x60]*\s+[*_~\x60]*)${task.replaceAll('.', String.raw`\.`)}(.*)$`,
    'u',
  );
  for (const line of text.split('\n').toReversed()) {
    const [, before = '', verb = '', between = '', after = ''] =
      form.exec(plainLine(line, LINE_LENGTH)) ?? [];
    const closing = wordOf(verb.toLowerCase(), before + between, after);
    if (closing !== null) return closing;
  }
  return null;
}

function wordOf(verb: string, decoration: string, after: string): ClosingWord | null {
  if (verb === 'closed') return closedBy(after, decoration);
  if (verb === 'blocked') return blockedBy(after, decoration);
  return null;
}

/** An underscore after the id belongs to another id, unless one before it has begun an emphasis. */
function closedBy(after: string, decoration: string): ClosingWord | null {
  const end = decoration.includes('_') ? /^[*_~`]*[.!]?[*_~`\s]*$/ : /^[*~`]*[.!]?[*~`\s]*$/;
  return end.test(after) ? { kind: 'closed' } : null;
}

function blockedBy(after: string, decoration: string): ClosingWord | null {
  const marks = decoration.includes('_') ? /^[*_~`]*/ : /^[*~`]*/;
  const why = /^(?:\s*[:–—]|\s+-\s|[.!]?[*_~`\s]*$)[*_~`]*\s*(.*)$/u.exec(after.replace(marks, ''))?.[1];
  if (why === undefined) return null;
  const said = plainLine(withoutEnd(why, decoration), WHY_LENGTH);
  return { kind: 'blocked', why: said === '' ? 'no reason was given' : said };
}

/** Takes off the end of an emphasis that has begun before the word; another one belongs to the text. */
function withoutEnd(text: string, decoration: string): string {
  let end = text.length;
  while (/[*_~`\s]/.test(text[end - 1] ?? '') && ` ${decoration}`.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}
