import type { ExitCode } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { commaSeparated, parseTaskId } from './parse-task-id.js';
import { printTask } from './print-task.js';
import { checkedTitle, FIELD_FLAGS, givenFields } from './task-fields.js';

const HELP = `
hew task new <title> [flags]    files a task

  -d, --description <text>   what is to be done; - reads it from stdin
      --acceptance <text>    how to tell that it is done
  -p, --priority <0-4>       0 comes first, 4 last (default 2)
  -t, --type <word>          task, bug, feature, chore, epic … (default task)
  -l, --label <label>        again for more, or with commas
      --blocked-by <id>      not before that task is closed; again for more (also --deps)
      --parent <id>          the epic or task that it is a part of
      --json                 print the task as JSON

  hew task new "Add retry to the client" -p 1 -l net --blocked-by app-3
`;

/** `hew task new`: files a task, and makes the queue where there is none. */
export async function newTask(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<title>'],
    flags: {
      ...FIELD_FLAGS,
      label: { type: 'string', shortFlag: 'l', isMultiple: true, aliases: ['labels'] },
      blockedBy: { type: 'string', isMultiple: true, aliases: ['deps'] },
      parent: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  const title = checkedTitle(operands[0]);
  const blockers = commaSeparated(flags.blockedBy).map(parseTaskId);
  const parent = flags.parent === undefined ? undefined : parseTaskId(flags.parent);
  const queue = await openQueue();
  const fields = await givenFields(flags);
  const id = await queue.create({
    title,
    ...fields,
    labels: commaSeparated(flags.label),
    blocked_by: blockers,
    ...(parent === undefined ? {} : { parent }),
  });
  return await printTask(queue, id, flags.json);
}
