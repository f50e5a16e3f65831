import process from 'node:process';
import type { TaskId } from '../../engine/ids.js';
import { plainText } from '../../engine/plain-text.js';
import { type ExitCode, Refusal } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { parseTaskId } from './parse-task-id.js';

const HELP = `
hew task close <id>... [flags]    closes tasks, in the order given

  -r, --reason <text>   why, for whoever reads it later
  -f, --force           even while something open blocks it
      --json            print what was closed and what was refused as JSON

Ends with 1 when the queue refuses one of them. Inside a run an agent closes nothing: hew does, once the work is merged.
`;

/** `hew task close`: refused to the agents of a run, whose tasks are closed when their work is merged and green. */
export async function closeTasks(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<id>...'],
    flags: {
      reason: { type: 'string', shortFlag: 'r' },
      force: { type: 'boolean', shortFlag: 'f' },
      json: { type: 'boolean' },
    },
  });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  const ids = operands.map(parseTaskId);
  if (process.env['HEW_RUN_ID']) throw refusedInsideRun(ids);
  const queue = await openQueue();
  const closed: TaskId[] = [];
  const refused: { readonly id: TaskId; readonly message: string }[] = [];
  for (const id of ids) {
    const result = await queue.close(id, flags.reason ?? '', { force: flags.force ?? false });
    if (result.kind === 'closed') closed.push(id);
    else refused.push({ id, message: result.message });
  }
  if (flags.json) printJson({ closed, refused });
  else printLines(closed.map((id) => `${id}  closed`));
  for (const { message } of flags.json ? [] : refused) process.stderr.write(`hew: ${plainText(message)}\n`);
  return refused.length > 0 ? 1 : 0;
}

function refusedInsideRun(ids: readonly TaskId[]): Refusal {
  return new Refusal(
    'inside a run hew itself closes a task, once its work is merged and passes the gate.\n' +
      `When the work is done, end your answer with this line instead: closed ${ids[0]}`,
  );
}
