import { access } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { type Places, runFolder } from '../../engine/git/places.js';
import type { RunId } from '../../engine/ids.js';
import { iterationLog } from '../../engine/iteration-log.js';
import { journalEvents } from '../../engine/journal-events.js';
import { isRunAlive } from '../../engine/read-run.js';
import { EMPTY_STATE, reduce } from '../../engine/reduce.js';
import { readIterationRecord } from '../../engine/run-files/iteration-record.js';
import { type IterationPlace, iterationPlaces, readRunRecords } from '../../engine/run-files/run-records.js';
import { iterationLine, logLine, recordLines } from '../../reporters/log-lines.js';
import { plainLines } from '../../reporters/plain-lines.js';
import { type ExitCode, Refusal } from '../command.js';
import type { FlagValues } from '../parse-flags.js';
import { parseFlags } from '../parse-flags.js';
import { projectHere } from '../project-here.js';
import { chosenRun } from './chosen-run.js';

const HELP = `
hew loop logs [run-id] [flags]    prints the lines of a run, as hew loop run does, or the log of one iteration

      --worker <n>       what the agent of this worker has put out in its newest iteration
      --iteration <n>    in this one
      --gate             what the gate has put out instead
      --follow, -f       go on with what comes until the run, or the iteration, has ended

It takes the newest run if none is named.
`;

const FLAGS = {
  worker: { type: 'number' },
  iteration: { type: 'number' },
  gate: { type: 'boolean' },
  follow: { type: 'boolean', shortFlag: 'f' },
} as const;

/** A run on disk. */
interface LoggedRun {
  readonly run: RunId;
  readonly folder: string;
  /** Whether what is there is all that will come. */
  readonly isOver: () => Promise<boolean>;
  readonly follow: boolean;
}

/** `hew loop logs`: what a run, an agent or a gate has told. */
export async function printLogs(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, operands: ['[run-id]'], flags: FLAGS });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  const { places } = await projectHere();
  const logged = loggedRun(places, await chosenRun(places, operands[0]), flags.follow ?? false);
  const { worker, iteration, gate } = flags;
  if (worker === undefined && iteration === undefined && !gate) return printRun(logged);
  return printIteration(logged, flags);
}

function loggedRun(places: Places, run: RunId, follow: boolean): LoggedRun {
  const isOver = async (): Promise<boolean> => !(await isRunAlive(places, run));
  return { run, folder: runFolder(places, run), isOver, follow };
}

async function printRun({ folder, isOver, follow }: LoggedRun): Promise<ExitCode> {
  const journal = join(folder, 'events.jsonl');
  if (!(await exists(journal))) {
    const { iterations, problems } = await readRunRecords(folder);
    print(iterations.map(iterationLine));
    process.stderr.write(problems.map((problem) => `hew: ${problem}\n`).join(''));
    return problems.length === 0 ? 0 : 1;
  }
  let state = EMPTY_STATE;
  for await (const events of journalEvents(journal, follow ? isOver : null)) {
    const lines: string[] = [];
    for (const event of events) {
      const after = reduce(state, event);
      lines.push(...plainLines(event, state, after));
      state = after;
    }
    print(lines);
  }
  return 0;
}

async function printIteration(logged: LoggedRun, flags: FlagValues<typeof FLAGS>): Promise<ExitCode> {
  const place = await chosenIteration(logged, flags);
  const isIterationOver = async (): Promise<boolean> =>
    (await readIterationRecord(place.path)).ended_at !== null || (await logged.isOver());
  const which = flags.gate ? 'gate' : 'agent';
  const isOver = logged.follow ? isIterationOver : null;
  let isEmpty = true;
  for await (const lines of iterationLog({ path: place.path, which, isOver })) {
    isEmpty &&= lines.length === 0;
    print(lines.map(logLine));
  }
  if (!isEmpty) return 0;
  if (flags.gate) print([`The gate has put out nothing in iteration ${place.number} of w${place.worker}.`]);
  else print(recordLines({ worker: place.worker, record: await readIterationRecord(place.path) }));
  return 0;
}

/** The iteration that was asked for; of a worker the newest, and the only worker where none was named. */
async function chosenIteration(
  { run, folder }: LoggedRun,
  { worker, iteration }: FlagValues<typeof FLAGS>,
): Promise<IterationPlace> {
  const places = await iterationPlaces(folder);
  const workers = [...new Set(places.map((place) => place.worker))].sort((left, right) => left - right);
  if (workers.length === 0) throw new Refusal(`${run} has no iterations. hew loop logs ${run} tells why.`);
  if (worker === undefined && workers.length > 1) {
    throw new Refusal(`${run} has several workers: add --worker ${workers.join(' or ')}.`);
  }
  const own = places
    .filter((place) => place.worker === (worker ?? workers[0]))
    .sort((left, right) => left.number - right.number);
  if (own.length === 0) throw new Refusal(`${run} has no worker ${worker}: there is ${workers.join(', ')}.`);
  const found = iteration === undefined ? own.at(-1) : own.find(({ number }) => number === iteration);
  if (found) return found;
  throw new Refusal(
    `worker ${worker ?? workers[0]} of ${run} has no iteration ${iteration}: it has ${own[0]?.number} to ${own.at(-1)?.number}.`,
  );
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
