import process from 'node:process';
import { dryRun } from '../../engine/dry-run.js';
import type { EventStream } from '../../engine/event-stream.js';
import { isDurable } from '../../engine/events.js';
import { JournalError } from '../../engine/journal-error.js';
import type { RunHandle } from '../../engine/open-run.js';
import { summarise } from '../../engine/summary.js';
import { jsonLine } from '../../reporters/json-lines.js';
import { plainLines } from '../../reporters/plain-lines.js';
import type { ExitCode } from '../command.js';
import { beginRun, planRun } from './begin-run.js';
import type { Settings } from '../../engine/settings.js';
import { takeEndSignals } from './end-signals.js';
import { hangUp } from './hang-up.js';
import { leaveAtOnce } from './leave-at-once.js';
import type { RunFlagValues } from './run-flags.js';

/** How what is told to people is written, such as without glyphs. */
export type Spelling = (text: string) => string;

const asItIs: Spelling = (text) => text;

/** A run from its start to its end, told line by line. */
export async function runInLines(flags: RunFlagValues, spell: Spelling = asItIs): Promise<ExitCode> {
  const json = flags.json ?? false;
  const plan = await planRun(flags);
  const listen = (events: EventStream): void => tellEvents(events, json, spell);
  if (flags.dryRun) return dryRun(plan, listen);
  const handle = await beginRun(plan, listen);
  return followToEnd(handle, { json, on_hangup: plan.settings.loop.on_hangup, spell });
}

/** Prints each event from now on as it comes, as plain lines or as JSON. */
export function tellEvents(events: EventStream, json: boolean, spell: Spelling = asItIs): void {
  let before = events.state;
  events.subscribe((event, after) => {
    if (!isDurable(event)) return;
    const lines = json ? [jsonLine(event)] : plainLines(event, before, after);
    before = after;
    for (const line of lines) if (line !== null) print(json ? line : spell(line));
  });
}

/** Aborts a run, and says so. */
export function abortAloud(handle: RunHandle, json: boolean): void {
  if (!json) {
    print('Aborting: agents are ended, their tasks go back. What is merged stays.');
    print('Ctrl-C ends what still works and leaves without waiting.');
  }
  handle.control({ type: 'abortRun' });
}

/** How a run is followed. */
interface FollowOptions {
  readonly json: boolean;
  readonly on_hangup: Settings['loop']['on_hangup'];
  readonly spell?: Spelling | undefined;
  /** It has been aborted by a signal before. */
  readonly isEnding?: boolean;
}

/** Waits for the end of a run, which signals may abort, and prints its summary. */
export async function followToEnd(
  handle: RunHandle,
  { json, on_hangup, spell = asItIs, isEnding = false }: FollowOptions,
): Promise<ExitCode> {
  using _signals = takeEndSignals({
    onEnd: () => abortAloud(handle, json),
    onEndAtOnce: () => void leaveAtOnce(handle),
    isEnding,
    onHangUp: () => hangUp(handle, on_hangup),
  });
  try {
    const exitCode = await handle.ended;
    const { state } = handle.events;
    if (!json && exitCode !== 2) {
      const { summaryText } = await import('../../reporters/summary-text.js');
      const text = summaryText(summarise(state, new Date()), { columns: process.stdout.columns ?? 80 });
      print(`\n${spell(text)}`);
    }
    return exitCode;
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    process.stderr.write(`hew: ${error.message}\n`);
    return 1;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
