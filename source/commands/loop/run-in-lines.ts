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
import type { RunFlagValues } from './run-flags.js';

/** A run from its start to its end, told line by line. */
export async function runInLines(flags: RunFlagValues): Promise<ExitCode> {
  const json = flags.json ?? false;
  const plan = await planRun(flags);
  const listen = (events: EventStream): void => tellEvents(events, json);
  if (flags.dryRun) return dryRun(plan, listen);
  const handle = await beginRun(plan, listen);
  return followToEnd(handle, { json, on_hangup: plan.settings.loop.on_hangup });
}

/** Prints each event from now on as it comes, as plain lines or as JSON. */
export function tellEvents(events: EventStream, json: boolean): void {
  let before = events.state;
  events.subscribe((event, after) => {
    if (!isDurable(event)) return;
    const lines = json ? [jsonLine(event)] : plainLines(event, before, after);
    before = after;
    for (const line of lines) if (line !== null) print(line);
  });
}

/** Aborts a run, and says so. */
export function abortAloud(handle: RunHandle, json: boolean): void {
  if (!json) print('Aborting: agents are ended, their tasks go back. What is merged stays.');
  handle.control({ type: 'abortRun' });
}

/** Waits for the end of a run, which signals may abort, and prints its summary. */
export async function followToEnd(
  handle: RunHandle,
  { json, on_hangup }: { readonly json: boolean; readonly on_hangup: Settings['loop']['on_hangup'] },
): Promise<ExitCode> {
  using _signals = takeEndSignals({
    onEnd: () => abortAloud(handle, json),
    onHangUp: () => hangUp(handle, on_hangup),
  });
  try {
    const exitCode = await handle.ended;
    const { state } = handle.events;
    if (!json && exitCode !== 2) {
      const { summaryText } = await import('../../reporters/summary-text.js');
      print(`\n${summaryText(summarise(state, new Date()), { columns: process.stdout.columns ?? 80 })}`);
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
