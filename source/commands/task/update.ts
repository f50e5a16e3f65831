import { z } from 'zod';
import { plainText } from '../../engine/plain-text.js';
import type { TaskUpdate } from '../../engine/queue/task-changes.js';
import { type ExitCode, Refusal } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { commaSeparated, parseTaskId } from './parse-task-id.js';
import { printTask } from './print-task.js';
import { checkedTitle, FIELD_FLAGS, givenFields } from './task-fields.js';

const HELP = `
hew task update <id> [flags]    changes a task; what is not named stays

      --title <text>
  -d, --description <text>   - reads it from stdin
      --acceptance <text>
  -p, --priority <0-4>       0 comes first, 4 last
  -t, --type <word>          task, bug, feature, chore, epic …
  -s, --status <status>      open (gives it back), in_progress, blocked or deferred
  -a, --assignee <name>      "" for nobody
      --add-label <label>    again for more, or with commas
      --remove-label <label>
  -n, --note <text>          goes below the notes that are there
      --defer-until <time>   2026-01-31 or 2026-01-31T12:00:00Z; none for no longer
      --json                 print the task as JSON
`;

const UPDATE_FLAGS = {
  ...FIELD_FLAGS,
  title: { type: 'string' },
  status: {
    type: 'string',
    shortFlag: 's',
    // `closed` is let through: the queue refuses it and names the command for it.
    choices: ['open', 'in_progress', 'blocked', 'deferred', 'closed'],
  },
  assignee: { type: 'string', shortFlag: 'a' },
  addLabel: { type: 'string', isMultiple: true },
  removeLabel: { type: 'string', isMultiple: true },
  note: { type: 'string', shortFlag: 'n' },
  deferUntil: { type: 'string', aliases: ['defer'] },
  json: { type: 'boolean' },
} as const;

/** `hew task update`: sets what the flags name. */
export async function updateTask(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, operands: ['<id>'], flags: UPDATE_FLAGS });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  const id = parseTaskId(operands[0]);
  const added = commaSeparated(flags.addLabel);
  const removed = commaSeparated(flags.removeLabel);
  const queue = await openQueue();
  const update: TaskUpdate = {
    ...(await givenFields(flags)),
    ...(flags.title === undefined ? {} : { title: checkedTitle(flags.title) }),
    ...(flags.status === undefined ? {} : { status: flags.status }),
    ...(flags.assignee === undefined ? {} : { assignee: flags.assignee || null }),
    ...(added.length === 0 ? {} : { add_labels: added }),
    ...(removed.length === 0 ? {} : { remove_labels: removed }),
    ...(flags.note === undefined ? {} : { note: flags.note }),
    ...(flags.deferUntil === undefined ? {} : { defer_until: deferral(flags.deferUntil) }),
  };
  if (Object.keys(update).length === 0)
    throw new Refusal('nothing to change is named. --help lists what can be changed.');
  await queue.update(id, update);
  return await printTask(queue, id, flags.json);
}

/** The moment until which a task is put off, in UTC; a date alone begins at midnight where the user is. */
function deferral(text: string): string | null {
  if (text === 'none' || text === '') return null;
  const isDate = z.iso.date().safeParse(text).success;
  if (!isDate && !z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw new Refusal(
      `--defer-until must be 2026-01-31, 2026-01-31T12:00:00Z or none, not "${plainText(text)}".`,
    );
  }
  return new Date(isDate ? `${text}T00:00:00` : text).toISOString();
}
