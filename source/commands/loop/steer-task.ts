import type { Control } from '../../engine/controls.js';
import { type TaskId, taskIdSchema } from '../../engine/ids.js';
import { plainText } from '../../engine/plain-text.js';
import { type ExitCode, Refusal } from '../command.js';
import { connectLiveRun } from '../live-run.js';
import { parseFlags } from '../parse-flags.js';
import { printLines } from '../print-lines.js';
import { projectHere, typedRunId } from '../project-here.js';

const ENDS = `
      --run <run-id>    only if this is the run that is alive

It says what it did and ends with 0, or with 1 when that cannot be done now or no run is alive.
`;

const SKIP_HELP = `
hew loop skip <task> [flags]    lets the run that is alive leave a task alone

An iteration of it is ended: the work is kept, the task goes back to the queue.
${ENDS}`;

const RETRY_HELP = `
hew loop retry <task> [flags]    lets the run that is alive take a task once more

One that has failed, or was aborted or skipped: a slot that is free takes it as any other that is ready.
${ENDS}`;

/** `hew loop skip`: the live run leaves a task alone. */
export function skipTask(argv: readonly string[]): Promise<ExitCode> {
  return steer(argv, SKIP_HELP, (task) => ({ type: 'skipTask', task }));
}

/** `hew loop retry`: the live run takes a task once more. */
export function retryTask(argv: readonly string[]): Promise<ExitCode> {
  return steer(argv, RETRY_HELP, (task) => ({ type: 'retryTask', task }));
}

async function steer(
  argv: readonly string[],
  help: string,
  controlOf: (task: TaskId) => Control,
): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help, operands: ['<task>'], flags: { run: { type: 'string' } } });
  if (parsed.kind === 'help') return 0;
  const [typed = ''] = parsed.operands;
  const task = taskIdSchema.safeParse(typed).data;
  if (!task) throw new Refusal(`"${plainText(typed)}" is not the id of a task.`);
  const run = parsed.flags.run === undefined ? null : typedRunId(parsed.flags.run);
  using client = await connectLiveRun(await projectHere(), run);
  const { ok, text } = await client.ask(controlOf(task));
  printLines([text]);
  return ok ? 0 : 1;
}
