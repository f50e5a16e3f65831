import type { ExitCode } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { parseTaskId } from './parse-task-id.js';
import { printTask } from './print-task.js';

const HELP = `
hew task reopen <id> [flags]    opens a closed task again

  -n, --note <text>   why; goes below its notes
      --json          print the task as JSON

A task that somebody holds is given back with: hew task update <id> --status open
`;

/** `hew task reopen`: a task that is not closed stays as it is, but for the note. */
export async function reopenTask(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<id>'],
    flags: { note: { type: 'string', shortFlag: 'n' }, json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  const id = parseTaskId(operands[0]);
  const queue = await openQueue();
  await queue.reopen(id, flags.note === undefined ? {} : { note: flags.note });
  return await printTask(queue, id, flags.json);
}
