import { plainText } from '../../engine/plain-text.js';
import { inOrder } from '../../engine/queue/readiness.js';
import type { StoredTask } from '../../engine/queue/stored-task.js';
import { type ExitCode, Refusal } from '../command.js';
import { openQueue } from '../open-queue.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { commaSeparated } from './parse-task-id.js';
import { taskJson } from './task-json.js';
import { taskRows } from './task-rows.js';

const HELP = `
hew task list [flags]    shows the tasks that are not closed, in the order in which they are taken

      --ready             only what can be taken now
      --all               closed ones too
  -s, --status <status>   only open, in_progress, blocked, deferred or closed; again for more
  -l, --label <label>     only with this label; again for tasks that have them all
      --json              print the tasks as JSON
`;

const STATUSES = ['open', 'in_progress', 'blocked', 'deferred', 'closed'];

/** `hew task list`: one line a task. */
export async function listTasks(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    flags: {
      ready: { type: 'boolean' },
      all: { type: 'boolean' },
      status: { type: 'string', shortFlag: 's', isMultiple: true },
      label: { type: 'string', shortFlag: 'l', isMultiple: true },
      json: { type: 'boolean' },
    },
  });
  if (parsed.kind === 'help') return 0;
  const { flags } = parsed;
  const queue = await openQueue();
  const { tasks, ready } = await queue.list();
  const statuses = commaSeparated(flags.status);
  checkStatuses(statuses, tasks);
  const labels = commaSeparated(flags.label);
  const takeable = new Set(ready);
  const shown = inOrder(tasks.values()).filter(
    (task) =>
      (statuses.length > 0 ? statuses.includes(task.status) : flags.all || task.status !== 'closed') &&
      (!flags.ready || takeable.has(task.id)) &&
      labels.every((label) => task.labels.includes(label)),
  );
  const now = new Date();
  if (flags.json) printJson(shown.map((task) => taskJson(task, tasks, now)));
  else if (shown.length > 0) printLines(taskRows(shown, tasks, now));
  else printLines([`No task is like that; there are ${tasks.size} in all: hew task list --all`]);
  return 0;
}

/** A file of another program may have statuses of its own: those that it has are asked for rightly. */
function checkStatuses(statuses: readonly string[], tasks: ReadonlyMap<string, StoredTask>): void {
  const known = new Set([...STATUSES, ...[...tasks.values()].map(({ status }) => status)]);
  const unknown = statuses.find((status) => !known.has(status));
  if (unknown === undefined) return;
  throw new Refusal(`there is no status "${plainText(unknown)}": ${plainText([...known].join(', '))}.`);
}
