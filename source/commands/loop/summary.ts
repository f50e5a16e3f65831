import process from 'node:process';
import { summariseRun } from '../../engine/read-run.js';
import { readPastRun } from '../../engine/cut-run.js';
import type { Places } from '../../engine/git/places.js';
import type { RunId, TaskId } from '../../engine/ids.js';
import { taskStory } from '../../engine/task-story.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { projectHere } from '../project-here.js';
import { parseTaskId } from '../task/parse-task-id.js';
import { chosenRun } from './chosen-run.js';

const HELP = `
hew loop summary [run-id] [flags]    tells what a run came to, as the end of a run does

      --task <id>    tells what happened to one task instead, attempt by attempt
      --json         print it as JSON

It takes the newest run if none is named. The run may have ended, go on, or have crashed; runs of an earlier hew are told as
far as their files do. What cannot be read is named, and the exit code is then 1.
`;

/** `hew loop summary`: a run's summary from its files. */
export async function summariseLoop(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { task: { type: 'string' }, json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const { places } = await projectHere();
  const run = await chosenRun(places, parsed.operands[0]);
  const { task } = parsed.flags;
  if (task !== undefined) return tellTask(places, run, parseTaskId(task), parsed.flags.json ?? false);
  const summary = await summariseRun(places, run, new Date());
  if (parsed.flags.json) {
    printJson(summary);
  } else {
    const { summaryText } = await import('../../reporters/summary-text.js');
    process.stdout.write(`${summaryText(summary, { columns: process.stdout.columns ?? 80 })}\n`);
  }
  return summary.problems.length === 0 ? 0 : 1;
}

async function tellTask(places: Places, run: RunId, task: TaskId, json: boolean): Promise<ExitCode> {
  const past = await readPastRun(places, run);
  if (!past) throw new Refusal(`${run} has no journal: hew loop logs ${run} tells what is known of it.`);
  const story = taskStory(past.events, task);
  if (!story) throw new Refusal(`${run} did nothing with ${task}. hew loop summary ${run} names its tasks.`);
  if (json) {
    printJson({ ...story.task, events: story.steps.map(({ event }) => event) });
  } else {
    const { storyText } = await import('../../reporters/story-text.js');
    process.stdout.write(`${storyText(story, process.stdout.columns ?? 80)}\n`);
  }
  return 0;
}
